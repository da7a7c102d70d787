"""Runs Eclipse Paho for Python as pupils' programs do:

    python3 pahopython.py HOST TCP-PORT WS-PORT USER PASSWORD

It prints a line for each way in, and ends with 1 where one fails.
"""

import sys
import threading

from paho.mqtt import client as mqtt

HOST, TCP, WS, USER, PASSWORD = sys.argv[1:]
NEW = getattr(mqtt, "CallbackAPIVersion", None)  # since 2.0


def visit(transport, version):
    """Connects, hears its own messages at each quality of service, and leaves."""
    base = "class/paho/%s/%d" % (transport, version)
    missing = {"%s/%d" % (base, qos) for qos in range(3)}
    done, said = threading.Event(), []
    args = {"client_id": base.replace("/", "-"), "protocol": version, "transport": transport}
    client = mqtt.Client(NEW.VERSION1, **args) if NEW else mqtt.Client(**args)
    client.username_pw_set(USER, PASSWORD)
    client.will_set(base + "/will", "", 1, True)
    if transport == "websockets":
        client.ws_set_options(path="/mqtt")

    def connected(client, data, flags, code, properties=None):
        if code != 0:
            said.append("refused: %s" % code)
            done.set()
        client.subscribe(base + "/+", 2)

    def subscribed(client, data, mid, granted, properties=None):
        for qos in range(3):
            client.publish("%s/%d" % (base, qos), "hello", qos)

    def received(client, data, message):
        if message.payload == b"hello":
            missing.discard(message.topic)
        if not missing:
            done.set()

    client.on_connect, client.on_subscribe, client.on_message = connected, subscribed, received
    client.connect(HOST, int(WS if transport == "websockets" else TCP), 30)
    client.loop_start()
    if not done.wait(60) or said or missing:
        sys.exit("%s %d: %s, not heard: %s" % (transport, version, said, sorted(missing)))
    client.disconnect()
    client.loop_stop()
    print(transport, version)


for way in ("tcp", "websockets"):
    for protocol in (mqtt.MQTTv31, mqtt.MQTTv311, mqtt.MQTTv5):
        visit(way, protocol)

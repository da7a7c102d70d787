# Lamp 07
# A lamp switched over MQTT: the platform sends JSON, and the lamp reports its state.
import json
import time
import network
from umqtt.simple import MQTTClient
from mpython import rgb

WIFI_NAME = b"WIFI_NAME"  # your WiFi; boards need 2.4 GHz
WIFI_PASSWORD = b"WIFI_PASSWORD"  # b"" for a WiFi without a password
SERVER = "broker.lan"  # the broker's address
PORT = 1883
USER = b"USER"  # the broker's login
PASSWORD = b"PASSWORD"
CLIENT_ID = b"CLIENT_ID"  # the client ID: its name at the broker
KEEPALIVE = 30  # seconds: silent for longer, and the broker takes the board as offline
COMMAND = b"$sys/p1/lamp/thing/property/set"  # the topic for commands (subscribe)
STATE = b"$sys/p1/lamp/thing/property/post"  # the topic for its state (publish)
KEY = "light"  # the property's name on the platform

wlan = network.WLAN(network.STA_IF)
lit = False
pending = True  # switched, and not reported yet

def light(on):
    global lit, pending
    lit, pending = on, True
    rgb.fill((255, 190, 90) if on else (0, 0, 0))
    rgb.write()

def on_message(topic, msg):  # called when a message comes
    request = json.loads(msg)
    done = {"id": request["id"], "code": 200, "msg": "success"}
    client.publish(COMMAND + b"_reply", json.dumps(done))  # the platform wants a reply to each command
    if KEY in request["params"]:
        light(bool(request["params"][KEY]))

def publish_state():
    global pending
    pending = False
    report = {"id": "1", "version": "1.0", "params": {KEY: {"value": lit}}}
    client.publish(STATE, json.dumps(report))

def connect():
    global client
    if not wlan.isconnected():
        wlan.active(False)  # start the WiFi again, whatever was before
        wlan.active(True)
        wlan.connect(WIFI_NAME, WIFI_PASSWORD)
        for i in range(100):
            if wlan.isconnected():
                break
            time.sleep_ms(200)
    client = MQTTClient(CLIENT_ID, SERVER, PORT, USER, PASSWORD, KEEPALIVE)
    client.set_callback(on_message)
    client.connect()
    client.subscribe(COMMAND)

light(False)
while True:  # for ever: a lost connection is made again
    try:
        connect()
        pending = True
        pinged = time.ticks_ms()
        while wlan.isconnected():
            client.check_msg()  # if there is a message, on_message() is called
            now = time.ticks_ms()
            if pending:
                publish_state()
            if time.ticks_diff(now, pinged) > KEEPALIVE * 400:
                client.ping()  # "I am still here"
                pinged = now
            time.sleep_ms(50)
    except Exception as e:  # no WiFi, no broker... but Ctrl-C ends the program
        print("try again:", e)
    time.sleep(5)

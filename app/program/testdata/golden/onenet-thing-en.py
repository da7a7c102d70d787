# Lamp 07
# Switched over MQTT: the platform sends it JSON, and it says what the lamp does.
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
CLIENT_ID = b"CLIENT_ID"  # the name (client id) at the broker
KEEPALIVE = 30  # seconds: the broker gives the board up when it is silent for longer
COMMAND = b"$sys/p1/lamp/thing/property/set"  # the lamp listens here
STATE = b"$sys/p1/lamp/thing/property/post"  # and answers here
KEY = "light"  # the property's name on the platform

wlan = network.WLAN(network.STA_IF)
lit = False
unsaid = True  # the lamp was switched and has not said so yet

def light(on):
    global lit, unsaid
    lit, unsaid = on, True
    rgb.fill((255, 190, 90) if on else (0, 0, 0))
    rgb.write()

def heard(topic, msg):  # called when a message comes
    wish = json.loads(msg)
    done = {"id": wish["id"], "code": 200, "msg": "success"}
    client.publish(COMMAND + b"_reply", json.dumps(done))  # the platform wants an answer
    if KEY in wish["params"]:
        light(bool(wish["params"][KEY]))

def say():
    global unsaid
    unsaid = False
    news = {"id": "1", "version": "1.0", "params": {KEY: {"value": lit}}}
    client.publish(STATE, json.dumps(news))

def connect():
    global client
    if not wlan.isconnected():
        wlan.active(False)  # start WiFi anew, whatever was before
        wlan.active(True)
        wlan.connect(WIFI_NAME, WIFI_PASSWORD)
        for i in range(100):
            if wlan.isconnected():
                break
            time.sleep_ms(200)
    client = MQTTClient(CLIENT_ID, SERVER, PORT, USER, PASSWORD, KEEPALIVE)
    client.set_callback(heard)
    client.connect()
    client.subscribe(COMMAND)

light(False)
while True:  # for ever: what is lost is made again
    try:
        connect()
        unsaid = True
        pinged = time.ticks_ms()
        while wlan.isconnected():
            client.check_msg()  # is there a message? then heard() is called
            now = time.ticks_ms()
            if unsaid:
                say()
            if time.ticks_diff(now, pinged) > KEEPALIVE * 400:
                client.ping()  # "I am still here"
                pinged = now
            time.sleep_ms(50)
    except Exception as e:  # no WiFi, no broker... but Ctrl-C ends the program
        print("try again:", e)
    time.sleep(5)

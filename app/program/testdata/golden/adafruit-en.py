# Lamp 07
# A lamp switched over MQTT: it takes on, off or toggle, and reports its state.
import time
import network
from binascii import hexlify
from umqtt.simple import MQTTClient  # not on the board? In Thonny: Tools, Manage packages, umqtt.simple
from machine import Pin

WIFI_NAME = b"WIFI_NAME"  # your WiFi; boards need 2.4 GHz
WIFI_PASSWORD = b"WIFI_PASSWORD"  # b"" for a WiFi without a password
SERVER = "broker.lan"  # the broker's address
PORT = 1883
USER = b"USER"  # the broker's login
PASSWORD = b"PASSWORD"
KEEPALIVE = 30  # seconds: silent for longer, and the broker takes the board as offline
COMMAND = b"mei/feeds/lamp-set"  # the topic for commands (subscribe)
STATE = b"mei/feeds/lamp"  # the topic for its state (publish)
MIRROR = b"mei/feeds/lamp-shown"  # the state is published here too
REPUBLISH = 1  # seconds: the state is published again this often
MIN_INTERVAL = 600  # ms: the least time between two messages, a rule of the platform

led = Pin("LED", Pin.OUT)
wlan = network.WLAN(network.STA_IF)
lit = False
pending = True  # switched, and not reported yet

def light(on):
    global lit, pending
    lit, pending = on, True
    led.value(1 if on else 0)

def on_message(topic, msg):  # called when a message comes
    word = msg.strip().lower()
    if word in (b"on", b"1", b"true"):
        light(True)
    elif word in (b"off", b"0", b"false"):
        light(False)
    elif word == b"toggle":
        light(not lit)

def publish_state():
    global pending
    pending = False
    client.publish(STATE, b"on" if lit else b"off")
    client.publish(MIRROR, b"on" if lit else b"off")

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
    client_id = b"lamp-" + hexlify(wlan.config("mac"))  # each board has its own name, made from its MAC
    client = MQTTClient(client_id, SERVER, PORT, USER, PASSWORD, KEEPALIVE)
    client.set_callback(on_message)
    client.connect()
    client.subscribe(COMMAND)

light(False)
published = time.ticks_ms()
while True:  # for ever: a lost connection is made again
    try:
        connect()
        pending = True
        pinged = time.ticks_ms()
        while wlan.isconnected():
            client.check_msg()  # if there is a message, on_message() is called
            now = time.ticks_ms()
            if time.ticks_diff(now, published) > REPUBLISH * 1000:
                pending = True
            if pending and time.ticks_diff(now, published) > MIN_INTERVAL:
                publish_state()
                published = now
            if time.ticks_diff(now, pinged) > KEEPALIVE * 400:
                client.ping()  # "I am still here"
                pinged = now
            time.sleep_ms(50)
    except Exception as e:  # no WiFi, no broker... but Ctrl-C ends the program
        print("try again:", e)
    time.sleep(5)

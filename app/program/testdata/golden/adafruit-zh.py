# Lamp 07
# 用 MQTT 开关的灯：收到 on、off 或 toggle 就执行，并上报状态。
import time
import network
from binascii import hexlify
from umqtt.simple import MQTTClient  # 板子上没有？在 Thonny 里：工具 → 管理包 → umqtt.simple
from machine import Pin

WIFI_NAME = b"WIFI_NAME"  # 你的 WiFi，板子只能用 2.4 GHz
WIFI_PASSWORD = b"WIFI_PASSWORD"  # 没有密码的 WiFi 写 b""
SERVER = "broker.lan"  # 服务器（broker）的地址
PORT = 1883
USER = b"USER"  # 登录服务器的用户名和密码
PASSWORD = b"PASSWORD"
KEEPALIVE = 30  # 秒：超过这个时间没有消息，服务器就认为板子离线了
COMMAND = b"mei/feeds/lamp-set"  # 接收命令的主题（订阅）
STATE = b"mei/feeds/lamp"  # 上报状态的主题（发布）
MIRROR = b"mei/feeds/lamp-shown"  # 状态也发布到这个主题
REPUBLISH = 1  # 秒：每隔这么久再上报一次状态
MIN_INTERVAL = 600  # 毫秒：两条消息的最短间隔，平台有限制

led = Pin("LED", Pin.OUT)
wlan = network.WLAN(network.STA_IF)
lit = False
pending = True  # 灯已切换，还没有上报

def light(on):
    global lit, pending
    lit, pending = on, True
    led.value(1 if on else 0)

def on_message(topic, msg):  # 收到消息时运行
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
        wlan.active(False)  # 不管之前怎样，重新启动 WiFi
        wlan.active(True)
        wlan.connect(WIFI_NAME, WIFI_PASSWORD)
        for i in range(100):
            if wlan.isconnected():
                break
            time.sleep_ms(200)
    client_id = b"lamp-" + hexlify(wlan.config("mac"))  # 每块板子用自己的 MAC 做名称，不会重复
    client = MQTTClient(client_id, SERVER, PORT, USER, PASSWORD, KEEPALIVE)
    client.set_callback(on_message)
    client.connect()
    client.subscribe(COMMAND)

light(False)
published = time.ticks_ms()
while True:  # 一直循环：断开就重新连接
    try:
        connect()
        pending = True
        pinged = time.ticks_ms()
        while wlan.isconnected():
            client.check_msg()  # 有消息吗？有就会运行 on_message()
            now = time.ticks_ms()
            if time.ticks_diff(now, published) > REPUBLISH * 1000:
                pending = True
            if pending and time.ticks_diff(now, published) > MIN_INTERVAL:
                publish_state()
                published = now
            if time.ticks_diff(now, pinged) > KEEPALIVE * 400:
                client.ping()  # “我还在”
                pinged = now
            time.sleep_ms(50)
    except Exception as e:  # 没有 WiFi、没有服务器……但 Ctrl-C 能结束程序
        print("try again:", e)
    time.sleep(5)

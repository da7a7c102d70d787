# Lamp 07
# 用 MQTT 开关的灯：平台发来 JSON 消息，灯执行后上报状态。
import json
import time
import network
from umqtt.simple import MQTTClient
from mpython import rgb

WIFI_NAME = b"WIFI_NAME"  # 你的 WiFi，板子只能用 2.4 GHz
WIFI_PASSWORD = b"WIFI_PASSWORD"  # 没有密码的 WiFi 写 b""
SERVER = "broker.lan"  # 服务器（broker）的地址
PORT = 1883
USER = b"USER"  # 登录服务器的用户名和密码
PASSWORD = b"PASSWORD"
CLIENT_ID = b"CLIENT_ID"  # 客户端 ID（Client ID）：在服务器上的名称
KEEPALIVE = 30  # 秒：超过这个时间没有消息，服务器就认为板子离线了
COMMAND = b"$sys/p1/lamp/thing/property/set"  # 接收命令的主题（订阅）
STATE = b"$sys/p1/lamp/thing/property/post"  # 上报状态的主题（发布）
KEY = "light"  # 平台上的属性名

wlan = network.WLAN(network.STA_IF)
lit = False
pending = True  # 灯已切换，还没有上报

def light(on):
    global lit, pending
    lit, pending = on, True
    rgb.fill((255, 190, 90) if on else (0, 0, 0))
    rgb.write()

def on_message(topic, msg):  # 收到消息时运行
    request = json.loads(msg)
    done = {"id": request["id"], "code": 200, "msg": "success"}
    client.publish(COMMAND + b"_reply", json.dumps(done))  # 平台要求回复每条命令
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
        wlan.active(False)  # 不管之前怎样，重新启动 WiFi
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
while True:  # 一直循环：断开就重新连接
    try:
        connect()
        pending = True
        pinged = time.ticks_ms()
        while wlan.isconnected():
            client.check_msg()  # 有消息吗？有就会运行 on_message()
            now = time.ticks_ms()
            if pending:
                publish_state()
            if time.ticks_diff(now, pinged) > KEEPALIVE * 400:
                client.ping()  # “我还在”
                pinged = now
            time.sleep_ms(50)
    except Exception as e:  # 没有 WiFi、没有服务器……但 Ctrl-C 能结束程序
        print("try again:", e)
    time.sleep(5)

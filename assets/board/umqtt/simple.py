# For programs that expect umqtt.simple on a firmware that lacks it.
from room.mqtt import MQTTClient, MQTTException

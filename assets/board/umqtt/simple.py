# For programs that expect umqtt.simple on a firmware that lacks it.
from net.mqtt import MQTTClient, MQTTException

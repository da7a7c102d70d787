# For programs that expect umqtt.simple on a firmware that lacks it.
from classroom_mqtt import MQTTClient, MQTTException

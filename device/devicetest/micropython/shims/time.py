from utime import gmtime, localtime, mktime, ticks_add, ticks_cpu, ticks_diff, ticks_ms, time, time_ns
import _hw
ticks_us = _hw.now_us
_last = [0]
def collect():
    t = ticks_ms()
    if ticks_diff(t, _last[0]) > 2000: _last[0] = t; _hw.gc()
def sleep_ms(ms):
    collect()
    if _hw.sleep(int(ms)):
        for _ in range(3): pass   # the VM raises the pending KeyboardInterrupt here
def sleep(s): sleep_ms(s * 1000)
def sleep_us(us): sleep_ms(us / 1000)

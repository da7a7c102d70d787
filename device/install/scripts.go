package install

// The scripts that run on the board. None has a value pasted into it but
// numbers; each is at most 1 KB, runs on MicroPython 1.12, and prints one line
// of JSON, for lines of timers and of the firmware's log come in between.

// askWho tells firmware, version, platform and machine. It runs on everything
// that calls itself MicroPython, the micro:bit's of 2017 included.
const askWho = `import sys
def _h(s):
 if isinstance(s,str):s=bytes(s,'utf-8')
 return ''.join(['%02x'%c for c in s])
_i=sys.implementation
_m=getattr(_i,'_machine','')
try:
 import os
 _m=os.uname()[4]
except Exception:
 pass
print('["%s","%s","%s","%s"]'%(_h(_i[0]),'.'.join([str(x) for x in _i[1][:3]]),_h(sys.platform),_h(_m)))`

// askWhat tells id, WiFi, umqtt, and free bytes; askWho must have run.
const askWhat = `def _try(f):
 try:
  return f()
 except Exception:
  return None
def _id():
 import machine
 return _h(machine.unique_id())
def _net():
 import network
 network.WLAN
 return 1
def _umqtt():
 import umqtt.simple
 return 1
def _free():
 s=os.statvfs('/')
 return max(0,s[0]*s[3])
_f=_try(_free)
print('["%s",%d,%d,%d]'%(_try(_id) or '',_try(_net) or 0,_try(_umqtt) or 0,-1 if _f is None else _f))`

// askMpython reports whether the firmware has mPython's own module, where its
// words for the hardware don't say so.
const askMpython = `try:
 import mpython
 print('[1]')
except Exception:
 print('[0]')`

// tools are the functions that work on files; p and other values are set as
// data. sha256 is missing from some small builds: then _sum gives "".
const tools = `import os,gc
try:
 import ubinascii as _b
except ImportError:
 import binascii as _b
try:
 import uhashlib as _k
except ImportError:
 try:
  import hashlib as _k
 except ImportError:
  _k=None
def _open(p):
 try:
  return open(p,'rb')
 except OSError:
  return None
def _sum(p):
 f=_open(p)
 if not f:return None
 try:
  if not hasattr(_k,'sha256'):return ''
  h=_k.sha256()
  while 1:
   d=f.read(512)
   if not d:break
   h.update(d)
  return _b.hexlify(h.digest()).decode()
 finally:
  f.close()
def _rm(p):
 try:
  os.remove(p)
 except OSError:
  pass
def _list(b):
 return [x for x in b.decode().split('\n') if x]
def _j(s):
 return 'null' if s is None else '"%s"'%s`

// redo finishes an installation that lost its power while its files were put in
// place; Lamplighter's main.py does the same. The list of files is in update.
const redo = `def _redo():
 u='/update.lamplighter'
 f=_open(u)
 if not f:return
 b=f.read()
 f.close()
 for x in _list(b):
  try:
   os.rename(x+'.lamplighter',x)
  except OSError:
   pass
 os.remove(u)
_redo()`

// readFile prints the first n bytes of the file p in hex, a line for every
// 256 bytes, and its size; -1 for no file.
const readFile = `_n=0
_f=_open(p.decode())
if _f:
 while _n<n:
  _d=_f.read(min(256,n-_n))
  if not _d:break
  _n+=len(_d)
  print('"%s"'%_b.hexlify(_d).decode())
 _f.close()
print('[%d]'%(_n if _f else -1))`

// askFiles tells the hash of each file in p, one path a line.
const askFiles = `print('['+','.join([_j(_sum(x)) for x in _list(p)])+']')`

// sweep removes what an installation that was cut has left in the folders t.
const sweep = `def _sweep():
 for d in _list(t):
  try:
   for n in os.listdir(d):
    if n.endswith('.lamplighter'):_rm(d.rstrip('/')+'/'+n)
  except OSError:
   pass
_sweep()
_rm('/lamplighter.json.new')`

// room tells the size of a block, free blocks, and how the board inflates.
const room = `def _inf():
 for m in ('uzlib','deflate'):
  try:
   x=__import__(m)
   if hasattr(x,'DecompIO') or hasattr(x,'DeflateIO'):return m
  except ImportError:
   pass
 return ''
try:
 _s=os.statvfs('/')
 _s=(_s[0],max(0,_s[3]))
except Exception:
 _s=(0,-1)
gc.collect()
print('[%d,%d,"%s"]'%(_s[0],_s[1],_inf()))`

// unpack makes the files t (one "size path" a line) of the bundle z, beside the
// old ones.
const unpack = `def _unpack():
 f=s=open(z.decode(),'rb')
 if packed:
  m=_inf()
  x=__import__(m)
  s=x.DecompIO(f,-12) if m=='uzlib' else x.DeflateIO(f,x.RAW,12)
 try:
  for l in _list(t):
   n,q=l.split(' ',1)
   n=int(n)
   _dirs(q)
   g=open(q+'.lamplighter','wb')
   try:
    while n:
     d=s.read(min(n,512))
     if not d:raise ValueError
     g.write(d)
     n-=len(d)
   finally:
    g.close()
 finally:
  f.close()
def _dirs(q):
 a=q.split('/')[1:-1]
 for i in range(len(a)):
  try:
   os.mkdir('/'+'/'.join(a[:i+1]))
  except OSError:
   pass
gc.collect()
_unpack()
_rm(z.decode())`

// copyFile copies the file p to q on the board.
const copyFile = `def _copy():
 f=open(p.decode(),'rb')
 try:
  g=open(q.decode(),'wb')
  try:
   while 1:
    d=f.read(512)
    if not d:break
    g.write(d)
  finally:
   g.close()
 finally:
  f.close()
_copy()`

// commit puts the new files t in place, one path a line. On the file systems of
// boards a rename replaces what is there; the list makes all of them one step.
const commit = `_f=open('/list.lamplighter','wb')
_f.write(t)
_f.close()
os.rename('/list.lamplighter','/update.lamplighter')
_redo()
if hasattr(os,'sync'):os.sync()`

// move renames the file p to q.
const move = `os.rename(p.decode(),q.decode())`

// remove deletes the files t that are there, and then the folders u that are
// empty.
const remove = `for _x in _list(t):_rm(_x)
for _x in _list(u):
 try:
  os.rmdir(_x)
 except OSError:
  pass`

// dropFormer deletes the files t of earlier versions, puts back what each had
// replaced, and then deletes the folders u that are empty.
const dropFormer = `for _x in _list(t):
 _rm(_x)
 try:
  os.rename(_x[:-3]+'.before-lamplighter.py',_x)
 except OSError:
  pass
for _x in _list(u):
 try:
  os.rmdir(_x)
 except OSError:
  pass`

// swap puts the text n in the place of o in the file p, and prints whether it is
// there afterwards. A file that waits under its new name is found by the board's
// program.
const swap = `def _swap():
 q=p.decode()
 f=open(q)
 s=f.read().replace(o.decode(),n.decode())
 f.close()
 g=open(q+'.new','w')
 g.write(s)
 g.close()
 try:
  os.rename(q+'.new',q)
 except OSError:
  os.remove(q)
  os.rename(q+'.new',q)
 f=open(q)
 s=f.read()
 f.close()
 return n.decode() in s
gc.collect()
print('[%d]'%_swap())
del o,n`

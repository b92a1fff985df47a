# subprocess, os.fork, signals, sys.executable.
import os
import signal
import subprocess
import sys

run = subprocess.run
print(run(["echo", "hello"], capture_output=True, text=True))
print(run("cat; echo err >&2; exit 3", shell=True, input=b"piped", capture_output=True))
print(run([sys.executable, "-c", "import sys; print(sys.argv[1:], sys.stdin.read().upper())", "a", "b"], input="in", text=True, capture_output=True).stdout)
try:
    run(["false"], check=True)
except subprocess.CalledProcessError as error:
    print(error)
try:
    run(["no-such-program-here"])
except FileNotFoundError as error:
    print(error)
try:
    run(["sleep", "10"], timeout=0.05)
except subprocess.TimeoutExpired as error:
    print(error.cmd, error.timeout)
p = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(p.communicate("line\n"), p.returncode, p.poll())
p = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
print(p.wait(), subprocess.check_output(["printf", "x"]), subprocess.getoutput("echo out"), subprocess.call(["true"]))
p = subprocess.Popen(["sleep", "10"])
p.terminate()
print(p.wait() == -signal.SIGTERM)
print(run(["sh", "-c", "echo $WORD; pwd"], env={"WORD": "value", "PATH": os.environ["PATH"]}, cwd="/", capture_output=True, text=True).stdout)
sys.stdout.flush()
child = os.fork()
if child == 0:
    os._exit(5)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), os.system("exit 2") >> 8)
caught = []
signal.signal(signal.SIGUSR1, lambda number, frame: caught.append(signal.Signals(number).name))
os.kill(os.getpid(), signal.SIGUSR1)
print(caught, signal.getsignal(signal.SIGINT) is signal.default_int_handler)


def alarm(number, frame):
    raise TimeoutError("alarm rang")


signal.signal(signal.SIGALRM, alarm)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    while True:
        pass
except TimeoutError as error:
    print(error)
print(run([sys.executable, "-c", "1/0"], capture_output=True, text=True).stderr.splitlines()[-1])
print(run([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]).returncode)
print(run([sys.executable, "-"], input="print(__name__, 6 * 7)", text=True, capture_output=True).stdout, end="")
print(run([sys.executable, "-m", "json.tool"], input='{"a":[1]}', text=True, capture_output=True).stdout, end="")

//! Processes that read inputs: what ends them, or keeps them from answering, ends one process and not the run.
//!
//! A worker takes inputs from its standard input, each behind its length in four bytes. It says a line when it is `ready`
//! and a line for each input: `ok`, `slow`, or what is wrong.

use super::targets::{Reader, STACK, TARGETS};
use crate::python::{Python, kill_group};
use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::panic::{self, AssertUnwindSafe};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How long an input may go without an answer before it counts as hanging.
const LIMIT: Duration = Duration::from_secs(20);

/// What came of an input.
pub enum Answer {
    Fine,
    /// It had to be interrupted, and could be.
    Slow,
    /// It panicked, crashed or hung: how.
    Failed(String),
}

/// A process that reads inputs for one reader of a target.
pub struct Worker {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<String>,
    errors: Receiver<String>,
}

impl Worker {
    /// Starts a process for the reader at `index` of a target.
    pub fn start(target: &str, index: usize, reader: Reader, python: &Python) -> Result<Self, String> {
        let mut command = match reader {
            Reader::Function(_) => {
                let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
                command.args(["fuzz", "--worker", target, &index.to_string()]);
                command
            }
            Reader::Interpreter(function) => {
                let mut command = python.command();
                command.args(["-P", "-c", include_str!("driver.py"), function]);
                command.current_dir(std::env::temp_dir()).env("PYTHONHASHSEED", "0");
                command
            }
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().map_err(|error| format!("a worker does not start: {error}"))?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err("a worker has no streams".into());
        };
        let (say, answers) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    return;
                }
            }
        });
        let (tell, errors) = channel();
        std::thread::spawn(move || {
            let mut text = Vec::new();
            // What matters comes first; the rest is read so that the process does not wait.
            let mut stderr = stderr;
            let _ = stderr.by_ref().take(4000).read_to_end(&mut text);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            let _ = tell.send(String::from_utf8_lossy(&text).into_owned());
        });
        let mut worker = Self { child, stdin, answers, errors };
        match worker.answers.recv_timeout(LIMIT) {
            Ok(line) if line == "ready" => Ok(worker),
            _ => Err(format!("a worker does not start: {}", worker.end())),
        }
    }

    /// Has an input read. After anything but [`Answer::Fine`] the worker is of no more use.
    pub fn read(&mut self, input: &[u8]) -> Answer {
        let head = (input.len() as u32).to_le_bytes();
        // Where the process is gone, no answer comes either.
        let _ = self.stdin.write_all(&head).and_then(|()| self.stdin.write_all(input));
        let _ = self.stdin.flush();
        match self.answers.recv_timeout(LIMIT) {
            Ok(line) if line == "ok" => Answer::Fine,
            Ok(line) if line == "slow" => Answer::Slow,
            Ok(line) => Answer::Failed(line),
            Err(RecvTimeoutError::Timeout) => Answer::Failed(format!("no answer after {LIMIT:?}")),
            Err(RecvTimeoutError::Disconnected) => Answer::Failed(self.end()),
        }
    }

    /// How the process ended.
    fn end(&mut self) -> String {
        let how = match self.child.wait() {
            Ok(status) => match status.signal() {
                Some(signal) => format!("ended by signal {signal}"),
                None => format!("ended with {status}"),
            },
            Err(error) => error.to_string(),
        };
        let said = self.errors.recv_timeout(Duration::from_secs(2)).unwrap_or_default();
        let mut lines = said.lines().filter(|line| !line.trim().is_empty());
        let first = lines.next().unwrap_or_default();
        format!("{how}: {first} … {}", lines.next_back().unwrap_or_default())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        kill_group(&mut self.child);
    }
}

thread_local! {
    /// What the last panic said, and where.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A worker's own life: reads inputs by a function until there are no more.
pub fn work(arguments: &[String]) -> Result<(), String> {
    let [target, index] = arguments else { return Err("wanted: --worker TARGET INDEX".into()) };
    let reader = TARGETS
        .iter()
        .find(|known| known.name == target)
        .and_then(|target| target.readers.get(index.parse::<usize>().ok()?));
    let Some(&Reader::Function(read)) = reader else { return Err("no such reader".into()) };
    panic::set_hook(Box::new(|info| {
        let said = info.to_string().replace('\n', " ");
        PANIC.with(|panic| *panic.borrow_mut() = said);
    }));
    let run = move || {
        let mut inputs = std::io::stdin().lock();
        let mut head = [0; 4];
        println!("ready");
        while inputs.read_exact(&mut head).is_ok() {
            let mut input = vec![0; u32::from_le_bytes(head) as usize];
            if inputs.read_exact(&mut input).is_err() {
                return;
            }
            let answer = match panic::catch_unwind(AssertUnwindSafe(|| read(&input))) {
                Ok(()) => "ok".to_string(),
                Err(_) => PANIC.with(|panic| panic.take()),
            };
            println!("{answer}");
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run);
    let ended = thread.map_err(|error| error.to_string())?.join();
    ended.map_err(|_| "the worker panicked".to_string())
}

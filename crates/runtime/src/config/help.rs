//! What `--help` and its sisters print, and how a wrong command line is answered.

use taipan_host::files;

const OPTIONS: &str = include_str!("help/options.txt");
const ENVIRONMENT: &str = include_str!("help/environment.txt");
const X_OPTIONS: &str = include_str!("help/xoptions.txt");

/// What may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Options,
    Environment,
    XOptions,
    All,
    Version { long: bool },
}

fn write(fd: i32, text: &[u8]) {
    // There is nobody to tell of a failure.
    let _ = files::write_all(fd, text);
}

fn options(program: &[u8]) -> Vec<u8> {
    let (head, tail) = OPTIONS.split_once("{program}").unwrap_or(("", OPTIONS));
    [head.as_bytes(), program, tail.as_bytes()].concat()
}

/// Writes the topic to the standard output.
pub fn show(topic: Topic, program: &[u8]) {
    match topic {
        Topic::Options => write(1, &options(program)),
        Topic::Environment => write(1, ENVIRONMENT.as_bytes()),
        Topic::XOptions => write(1, X_OPTIONS.as_bytes()),
        Topic::All => {
            let parts = [&options(program)[..], b"\n", ENVIRONMENT.as_bytes(), b"\n", X_OPTIONS.as_bytes()];
            write(1, &parts.concat());
        }
        Topic::Version { long } => {
            let version = if long { crate::sys::version() } else { crate::sys::VERSION.to_string() };
            write(1, format!("Python {version}\n").as_bytes());
        }
    }
}

/// Writes a complaint and how the program is used.
pub fn complain(message: &[u8], program: &[u8]) {
    let usage = [
        message,
        b"\nusage: ",
        program,
        b" [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n",
    ];
    write(2, &usage.concat());
}

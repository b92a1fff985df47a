//! Running a Python: a command line with settings before it, a limit on its time, nothing left behind.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// An interpreter as it is named on a command line: `VAR=value … PATH option …`.
#[derive(Clone, Debug)]
pub struct Python {
    settings: Vec<(String, String)>,
    words: Vec<String>,
}

impl Python {
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut settings = Vec::new();
        let mut words = Vec::new();
        for word in text.split_whitespace() {
            match word.split_once('=') {
                Some((name, value)) if words.is_empty() => {
                    settings.push((name.to_string(), value.to_string()))
                }
                _ => words.push(word.to_string()),
            }
        }
        let Some(program) = words.first_mut() else { return Err(format!("no interpreter in {text:?}")) };
        // A path must go on meaning the same file from another folder.
        if let Ok(absolute) = Path::new(&program).canonicalize().and_then(|_| std::path::absolute(&program)) {
            *program = absolute.to_string_lossy().into_owned();
        }
        Ok(Self { settings, words })
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command
            .args(&self.words[1..])
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null())
            .process_group(0);
        command
    }
}

/// Ends the process and all it started.
pub fn kill_group(child: &mut Child) {
    if let Ok(group) = i32::try_from(child.id()) {
        // A group that is gone already is what is wanted.
        let _ = taipan_host::process::killpg(group, 9);
    }
    let _ = child.wait();
}

/// Waits for the process for `limit` at most; `None` where it had to be killed.
pub fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>, String> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(Some(status));
        }
        if begun.elapsed() > limit {
            kill_group(child);
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(if begun.elapsed().as_secs() < 2 { 2 } else { 50 }));
    }
}

/// A folder of its own that goes when it is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Result<Self, String> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("taipan-{name}-{}-{count}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }

    pub fn create(&self, name: &str) -> Result<File, String> {
        File::create(self.join(name)).map_err(|error| format!("{name}: {error}"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Tests of the suite leave folders that cannot be removed now and then; they are in the system's temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The value that follows a flag, taken out of the arguments.
pub fn take_flag(arguments: &mut Vec<String>, flag: &str) -> Result<Option<String>, String> {
    let Some(at) = arguments.iter().position(|argument| argument == flag) else { return Ok(None) };
    if at + 1 == arguments.len() {
        return Err(format!("{flag} wants a value"));
    }
    arguments.remove(at);
    Ok(Some(arguments.remove(at)))
}

/// Whether a switch is given, taken out of the arguments.
pub fn take_switch(arguments: &mut Vec<String>, switch: &str) -> bool {
    let before = arguments.len();
    arguments.retain(|argument| argument != switch);
    arguments.len() != before
}

/// The names among `words`; `@FILE` stands for those in a file, one a line, `#` beginning a comment.
pub fn names(words: &[String]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for word in words {
        match word.strip_prefix('@') {
            None => found.push(word.clone()),
            Some(file) => {
                let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
                let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
                found.extend(lines.filter(|line| !line.is_empty()).map(str::to_string));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_has_settings_then_words() {
        let python = Python::parse("A=1 B=x=y no-such-python -X opt=3").unwrap();
        assert_eq!(python.settings, [("A".into(), "1".into()), ("B".into(), "x=y".into())]);
        assert_eq!(python.words, ["no-such-python", "-X", "opt=3"]);
        assert!(Python::parse("A=1").is_err());
    }

    #[test]
    fn flags_are_taken_out() {
        let mut arguments: Vec<String> = ["-o", "out", "a", "-v"].map(String::from).to_vec();
        assert_eq!(take_flag(&mut arguments, "-o").unwrap().as_deref(), Some("out"));
        assert!(take_switch(&mut arguments, "-v") && !take_switch(&mut arguments, "-q"));
        assert_eq!(arguments, ["a"]);
        assert!(take_flag(&mut arguments, "a").is_err());
    }
}

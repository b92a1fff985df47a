//! The command line: short options that may stand together, a few long ones, and what is to be run.

use super::help::{self, Topic};
use super::{Bytes, CheckHashes, Config, Run, Stop};

/// Options that only take effect together with the environment.
#[derive(Debug, Default)]
pub struct CommandLine {
    pub warn_options: Vec<Bytes>,
}

/// Where the next option is read from.
struct Words<'a> {
    program: &'a [u8],
    words: &'a [Bytes],
    /// The next word.
    next: usize,
    /// What is left of the word that is being read.
    rest: &'a [u8],
}

enum Option_<'a> {
    Short(u8),
    Long(&'a str),
    End,
}

impl<'a> Words<'a> {
    fn next_option(&mut self) -> Result<Option_<'a>, Stop> {
        if self.rest.is_empty() {
            let Some(word) = self.words.get(self.next) else { return Ok(Option_::End) };
            if word.first() != Some(&b'-') || word.len() == 1 {
                return Ok(Option_::End);
            }
            self.next += 1;
            if word == b"--" {
                return Ok(Option_::End);
            }
            if let Some(name) = word.strip_prefix(b"--") {
                return Ok(Option_::Long(str::from_utf8(name).unwrap_or("?")));
            }
            self.rest = &word[1..];
        }
        let option = self.rest[0];
        self.rest = &self.rest[1..];
        Ok(Option_::Short(option))
    }

    /// The argument of an option: the rest of its word, or the next word.
    fn argument(&mut self, option: &str) -> Result<&'a [u8], Stop> {
        if !self.rest.is_empty() {
            return Ok(std::mem::take(&mut self.rest));
        }
        match self.words.get(self.next) {
            Some(word) => {
                self.next += 1;
                Ok(word)
            }
            None => {
                let plural = if option.starts_with("--") { "s" } else { "" };
                let message = format!("Argument expected for the {option} option{plural}");
                help::complain(message.as_bytes(), self.program);
                Err(Stop::Usage)
            }
        }
    }

    fn complain<T>(&self, message: &str) -> Result<T, Stop> {
        help::complain(message.as_bytes(), self.program);
        Err(Stop::Usage)
    }

    /// Complains of an option that is no option; a character beyond ASCII is shown as the lowest byte of its number.
    fn unknown<T>(&self, first: u8) -> Result<T, Stop> {
        let bytes = [&[first], self.rest].concat();
        let character = bytes.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
        let shown = character.map_or(first, |c| u32::from(c) as u8);
        help::complain(&[&b"Unknown option: -"[..], &[shown]].concat(), self.program);
        Err(Stop::Usage)
    }

    fn remaining(&self) -> &'a [Bytes] {
        &self.words[self.next.min(self.words.len())..]
    }
}

/// Reads the words; what they ask for goes into `config`.
pub fn parse(config: &mut Config, arguments: &[Bytes]) -> Result<CommandLine, Stop> {
    let program = arguments.first().map_or(&b"python3"[..], |word| word);
    let mut words = Words { program, words: arguments, next: 1, rest: b"" };
    let mut found = CommandLine::default();
    let mut topic = None;
    let mut versions = 0;
    loop {
        let option = match words.next_option()? {
            Option_::End => break,
            Option_::Long(name) => {
                long_option(config, &mut words, name, &mut topic, &mut versions)?;
                continue;
            }
            Option_::Short(option) => option,
        };
        match option {
            b'c' => {
                let mut command = words.argument("-c")?.to_vec();
                command.push(b'\n');
                config.run = Run::Command(command);
                break;
            }
            b'm' => {
                config.run = Run::Module(words.argument("-m")?.to_vec());
                break;
            }
            b'h' | b'?' => topic = topic.or(Some(Topic::Options)),
            b'V' => versions += 1,
            b'W' => found.warn_options.push(words.argument("-W")?.to_vec()),
            b'X' => {
                let option = words.argument("-X")?;
                let parts = match option.iter().position(|&c| c == b'=') {
                    Some(at) => (option[..at].to_vec(), Some(option[at + 1..].to_vec())),
                    None => (option.to_vec(), None),
                };
                config.x_options.push(parts);
            }
            other => flag(config, &words, other)?,
        }
    }
    if versions > 0 && topic.is_none() {
        topic = Some(Topic::Version { long: versions > 1 });
    }
    if let Some(topic) = topic {
        help::show(topic, program);
        return Err(Stop::Shown);
    }
    finish(config, words.remaining());
    Ok(found)
}

fn flag(config: &mut Config, words: &Words<'_>, option: u8) -> Result<(), Stop> {
    match option {
        b'b' => config.bytes_warning += 1,
        b'd' => config.debug += 1,
        b'i' => {
            config.inspect += 1;
            config.interactive += 1;
        }
        b'I' => {
            config.isolated = true;
            config.ignore_environment += 1;
            config.no_user_site += 1;
            config.safe_path = true;
        }
        b'E' => config.ignore_environment += 1,
        b'O' => config.optimize += 1,
        b'P' => config.safe_path = true,
        b'B' => config.dont_write_bytecode += 1,
        b's' => config.no_user_site += 1,
        b'S' => config.no_site += 1,
        b't' => {}
        b'u' => config.unbuffered = 1,
        b'v' => config.verbose += 1,
        b'x' => config.skip_first_line = true,
        b'q' => config.quiet += 1,
        b'R' => config.random_hashes = true,
        other => return words.unknown(other),
    }
    Ok(())
}

fn long_option(
    config: &mut Config,
    words: &mut Words<'_>,
    name: &str,
    topic: &mut Option<Topic>,
    versions: &mut u32,
) -> Result<(), Stop> {
    match name {
        "help" => *topic = topic.or(Some(Topic::Options)),
        "help-env" => *topic = topic.or(Some(Topic::Environment)),
        "help-xoptions" => *topic = topic.or(Some(Topic::XOptions)),
        "help-all" => *topic = topic.or(Some(Topic::All)),
        "version" => *versions += 1,
        "check-hash-based-pycs" => {
            config.check_hashes = match words.argument("--check-hash-based-pycs")? {
                b"default" => CheckHashes::Default,
                b"always" => CheckHashes::Always,
                b"never" => CheckHashes::Never,
                _ => {
                    return words
                        .complain("--check-hash-based-pycs must be one of 'default', 'always', or 'never'");
                }
            };
        }
        other => return words.complain(&format!("Unknown option: --{other}")),
    }
    Ok(())
}

/// What follows the options: the file to run, where nothing else was asked for, and `sys.argv`.
fn finish(config: &mut Config, rest: &[Bytes]) {
    let first = match &config.run {
        Run::Command(_) => b"-c".to_vec(),
        Run::Module(_) => b"-m".to_vec(),
        _ => match rest.first() {
            Some(word) => {
                if word != b"-" {
                    config.run = Run::File(super::paths::absolute(word));
                }
                config.argv = rest.to_vec();
                return;
            }
            None => Vec::new(),
        },
    };
    config.argv = vec![first];
    config.argv.extend_from_slice(rest);
}

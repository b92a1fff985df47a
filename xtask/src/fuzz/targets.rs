//! What can be fuzzed: which inputs, and who reads them.

use super::random::Random;
use super::{code, source};
use crate::tree;
use std::sync::Arc;
use taipan_ast::Arena;
use taipan_ast::errors::IgnoreWarnings;
use taipan_bytecode::Wtf8Buf;
use taipan_bytecode::marshal::{self, MarshalError};
use taipan_bytecode::validate::validate;
use taipan_compiler::{CompileOptions, compile};
use taipan_parser::tokens::encoding::{Origin, decode_source};
use taipan_parser::tokens::{TextInput, TokenKind, Tokenizer, TokenizerOptions};
use taipan_parser::{Mode, ParseOptions, parse};

/// A door by which bytes of any origin come in.
pub struct Target {
    pub name: &'static str,
    /// Makes an input.
    pub input: fn(&Corpus, &mut Random) -> Vec<u8>,
    /// Everybody who reads such inputs.
    pub readers: &'static [Reader],
}

/// Who reads inputs.
#[derive(Clone, Copy)]
pub enum Reader {
    /// A function. That it panics is a failure.
    Function(fn(&[u8])),
    /// The interpreter, by a function of `driver.py`.
    Interpreter(&'static str),
}

pub const TARGETS: &[Target] = &[
    Target {
        name: "tokens",
        input: |corpus, random| source::bytes(&corpus.sources, random),
        readers: &[Reader::Function(tokens)],
    },
    Target { name: "parser", input: program, readers: &[Reader::Function(parser)] },
    Target { name: "compiler", input: program, readers: &[Reader::Function(compiler)] },
    Target {
        name: "marshal",
        input: |corpus, random| code::marshalled(&corpus.programs, random),
        readers: &[Reader::Function(load), Reader::Interpreter("marshal")],
    },
    Target {
        name: "bytecode",
        input: |corpus, random| code::code(&corpus.programs, random),
        readers: &[Reader::Interpreter("bytecode")],
    },
];

/// The files that inputs are made from.
pub struct Corpus {
    /// The bundled library.
    pub sources: Vec<Vec<u8>>,
    /// Programs that do much in few lines and need little around them, and the library as well.
    pub programs: Vec<Vec<u8>>,
}

impl Corpus {
    pub fn read() -> Result<Self, String> {
        let sources: Vec<Vec<u8>> = taipan_stdlib::files()
            .filter(|file| file.path().ends_with(".py") && !file.is_empty())
            .map(|file| file.contents().into_owned())
            .collect();
        let folder = tree::root().join(crate::programs::FOLDER);
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "py"));
        paths.sort();
        let mut programs = Vec::new();
        for path in paths {
            programs.push(std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?);
        }
        // The library is larger by far; half of the inputs come from the programs.
        let copies = sources.len() / programs.len().max(1);
        let mut programs: Vec<Vec<u8>> =
            programs.iter().cycle().take(programs.len() * copies).cloned().collect();
        programs.extend(sources.iter().cloned());
        Ok(Corpus { sources, programs })
    }
}

fn program(corpus: &Corpus, random: &mut Random) -> Vec<u8> {
    let files = if random.once_in(2) { &corpus.sources } else { &corpus.programs };
    if random.once_in(4) { source::bytes(files, random) } else { source::tokens(files, random) }
}

fn decoded(input: &[u8]) -> Option<String> {
    let mut no_codec = |name: &str, _: &[u8]| Err(format!("unknown encoding: {name}"));
    decode_source(input, Origin::File("fuzz"), true, &mut no_codec).ok().map(|text| text.to_string())
}

fn tokens(input: &[u8]) {
    let Some(text) = decoded(input) else { return };
    let mut tokens = Tokenizer::new(TextInput::new(&text), TokenizerOptions::default());
    // Every token moves on, so there cannot be many more of them than bytes.
    for _ in 0..2 * input.len() + 1000 {
        match tokens.next() {
            Ok(token) if token.kind != TokenKind::EndMarker => {}
            _ => return,
        }
    }
    panic!("the tokenizer does not come to an end");
}

/// Options that follow from the input, so that it says everything.
fn options(input: &[u8]) -> ParseOptions {
    let mode = match input.len() % 16 {
        0 => Mode::Single,
        1 => Mode::Eval,
        2 => Mode::FuncType,
        _ => Mode::Exec,
    };
    let mut options = ParseOptions::new(mode).with_stack(STACK / 2);
    options.type_comments = input.len().is_multiple_of(5);
    options.allow_incomplete_input = input.len().is_multiple_of(7);
    options.dont_imply_dedent = input.len().is_multiple_of(11);
    options.barry_as_flufl = input.len().is_multiple_of(13);
    options
}

/// Bytes of native stack that functions are given: what a program has. Where nothing is optimised, frames are larger.
pub const STACK: usize = if cfg!(debug_assertions) { 64 << 20 } else { 8 << 20 };

fn parser(input: &[u8]) {
    let Some(text) = decoded(input) else { return };
    let arena = Arena::new();
    let _ = parse(&text, &options(input), &arena, &mut IgnoreWarnings);
}

/// What compiles must be judged valid and survive being marshalled.
fn compiler(input: &[u8]) {
    let Some(text) = decoded(input) else { return };
    let arena = Arena::new();
    let options = options(input);
    let Ok(module) = parse(&text, &options, &arena, &mut IgnoreWarnings) else { return };
    if options.mode == Mode::FuncType {
        return;
    }
    let mut settings = CompileOptions::new(Wtf8Buf::from("fuzz"));
    settings.optimize = (input.len() % 3) as u8;
    settings.top_level_await = input.len().is_multiple_of(17);
    settings.stack_budget = STACK / 4;
    let Ok(code) = compile(&module, &settings, &mut IgnoreWarnings) else { return };
    if let Err(invalid) = validate(&code) {
        panic!("what was compiled is not valid: {invalid}");
    }
    let written = marshal::dump_code(&Arc::new(code));
    match marshal::load_code(&written) {
        Ok(again) => {
            assert!(marshal::dump_code(&again) == written, "what was marshalled is read differently")
        }
        // Code objects may lie deeper in each other than marshal goes.
        Err(MarshalError::TooDeep) => {}
        Err(error) => panic!("what was marshalled cannot be read: {error}"),
    }
}

fn load(input: &[u8]) {
    if let Ok(code) = marshal::load_code(input) {
        let _ = validate(&code);
        let written = marshal::dump_code(&code);
        assert!(marshal::load_code(&written).is_ok(), "what was written cannot be read");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first inputs of a run of each target whose reader is a function.
    #[test]
    fn first_inputs_do_no_harm() {
        let corpus = Corpus::read().unwrap();
        let run = move || {
            for target in TARGETS {
                for index in 0..300 {
                    let input = (target.input)(&corpus, &mut Random::of(1, index));
                    for reader in target.readers {
                        if let Reader::Function(read) = reader {
                            read(&input);
                        }
                    }
                }
            }
        };
        std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap();
    }
}

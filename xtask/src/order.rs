//! `cargo xtask order PROGRAM`: writes `crates/taipan/start_order.txt`, the functions that a start of PROGRAM runs.
//!
//! The linker lays these functions side by side (`crates/taipan/build.rs`), so that a start touches few pages of the
//! program: the system maps code by pages, and some around each. PROGRAM is a release build; it runs the shortest
//! programs there are under valgrind's callgrind, which names every function that ran, and binutils' `nm` says how long
//! each is. Both have to be installed.
//!
//! Behind them lie those that a typical program runs besides (`order.py`).
//!
//! A line of the file is the linker's name of a function with `*` for what changes from build to build: hashes, and what
//! the optimiser appends. Where that would bring too much along, the line keeps the hash, which fits as long as the
//! compiler stays the same. A line that fits nothing does no harm, so the file is written anew only now and then.

use crate::python::Scratch;
use crate::tree;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

/// What is run, as arguments of the program.
const RUNS: &[&[&str]] =
    &[&["-I", "-S", "-c", "pass"], &["-c", "pass"], &["-c", "import resource; print(1)"]];

/// What nearly every program does.
const TYPICAL: &str = include_str!("order.py");

/// How many bytes of other functions may come along with one that ran. All instances of a generic function have one name
/// without its hash; where few of them run, they are named one by one.
const BYTES_ALONG: usize = 8 << 10;

/// The file, from the root of the repository.
const FILE: &str = "crates/taipan/start_order.txt";

pub fn run(arguments: &[String]) -> Result<(), String> {
    let [program] = arguments else { return Err("wanted: a release build of the program".into()) };
    let program = Path::new(program)
        .canonicalize()
        .map_err(|error| format!("{program}: {error}"))?
        .display()
        .to_string();
    let start = functions_that_run(&program, RUNS)?;
    let mut besides = functions_that_run(&program, &[&["-c", TYPICAL]])?;
    besides.retain(|name| !start.contains(name));
    let symbols = output(Command::new("nm").args(["-S", "--defined-only", &program]))?;
    let mut lines = order(&start, &symbols);
    println!("a start: {} functions, {} lines", start.len(), lines.len());
    for line in order(&besides, &symbols) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    println!("a typical program: {} functions more, {} lines in all", besides.len(), lines.len());
    let path = tree::root().join(FILE);
    std::fs::write(&path, lines.join("\n") + "\n").map_err(|error| format!("{}: {error}", path.display()))
}

/// The functions that ran where the program was run with each of these lists of arguments.
fn functions_that_run(program: &str, runs: &[&[&str]]) -> Result<BTreeSet<String>, String> {
    let mut ran = BTreeSet::new();
    let scratch = Scratch::new("order")?;
    for arguments in runs {
        let profile = scratch.join("profile");
        let file = format!("--callgrind-out-file={}", profile.display());
        let mut command = Command::new("valgrind");
        command.args(["--tool=callgrind", "--demangle=no", &file, program]).args(*arguments);
        output(&mut command)?;
        let text = std::fs::read_to_string(&profile).map_err(|error| format!("the profile: {error}"))?;
        ran.extend(functions_of(&text));
    }
    Ok(ran)
}

/// What a command prints, where it succeeds.
fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if !done.status.success() {
        return Err(format!("{name}: {}", String::from_utf8_lossy(&done.stderr)));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// The functions that a profile of callgrind's says instructions of ("Callgrind Format Specification"), those of
/// libraries too: which are the program's, its symbols tell.
fn functions_of(profile: &str) -> BTreeSet<String> {
    let mut functions = BTreeMap::new();
    let mut found = BTreeSet::new();
    for line in profile.lines() {
        match line.split_once('=') {
            // Calls only define names; who is called has lines of its own.
            Some(("cfn", value)) => drop(full_name(value, &mut functions)),
            Some(("fn", value)) => {
                let name = full_name(value, &mut functions);
                // A number follows the name where the function was entered again before it returned.
                found.insert(name.split('\'').next().unwrap_or_default().to_string());
            }
            _ => {}
        }
    }
    found
}

/// A name that is written `(number) name` the first time and `(number)` from then on.
fn full_name(value: &str, known: &mut BTreeMap<String, String>) -> String {
    match value.split_once(' ') {
        Some((number, name)) => {
            known.insert(number.to_string(), name.to_string());
            name.to_string()
        }
        None => known.get(value).cloned().unwrap_or_default(),
    }
}

/// The lines for these functions; `symbols` is what `nm -S` prints.
fn order(ran: &BTreeSet<String>, symbols: &str) -> Vec<String> {
    #[derive(Default)]
    struct Named<'a> {
        bytes: usize,
        bytes_ran: usize,
        ran: Vec<&'a str>,
    }
    let functions = || {
        symbols.lines().filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [address, size, "t" | "T" | "w" | "W", name] = words[..] else { return None };
            Some((address, usize::from_str_radix(size, 16).ok()?, name))
        })
    };
    // Functions that the compiler found to be the same have one address, and the profile knows one of their names.
    let addresses: BTreeSet<&str> =
        functions().filter(|(.., name)| ran.contains(*name)).map(|(address, ..)| address).collect();
    let mut named: BTreeMap<String, Named> = BTreeMap::new();
    for (address, size, name) in functions() {
        let all = named.entry(stable_name(name)).or_default();
        all.bytes += size;
        if addresses.contains(address) {
            all.bytes_ran += size;
            all.ran.push(name);
        }
    }
    let mut lines = Vec::new();
    for (name, all) in named {
        if all.bytes - all.bytes_ran <= BYTES_ALONG * all.ran.len() {
            lines.extend((!all.ran.is_empty()).then_some(name));
        } else {
            lines.extend(
                all.ran.iter().map(|name| format!("{}*", name.split(".llvm.").next().unwrap_or(name))),
            );
        }
    }
    lines
}

/// The linker's name of a function with `*` for what another build changes.
fn stable_name(name: &str) -> String {
    let name = name.split(".llvm.").next().unwrap_or(name);
    // The older names of Rust end in a hash of sixteen digits.
    if let Some(at) = name.len().checked_sub(20)
        && name.starts_with("_ZN")
        && name.is_char_boundary(at)
        && name[at..].starts_with("17h")
    {
        return format!("{}17h*", &name[..at]);
    }
    if !name.starts_with("_R") {
        return name.to_string();
    }
    // The newer ones have one behind `Cs` for each crate, up to an underscore before the crate's name.
    let mut stable = String::new();
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once("Cs") {
        let hash = behind.find('_').filter(|&end| {
            behind[..end].chars().all(|c| c.is_ascii_alphanumeric())
                && behind[end + 1..].starts_with(|c: char| c.is_ascii_digit())
        });
        stable += before;
        stable += "Cs";
        rest = match hash {
            Some(end) => {
                stable.push('*');
                &behind[end..]
            }
            None => behind,
        };
    }
    stable + rest + "*"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_between_builds_is_left_out_of_names() {
        assert_eq!(stable_name("_ZN4core3ptr4drop17h0123456789abcdefE"), "_ZN4core3ptr4drop17h*");
        assert_eq!(stable_name("_ZN4core3ptr4drop17h0123456789abcdefE.llvm.123"), "_ZN4core3ptr4drop17h*");
        assert_eq!(
            stable_name("_RNvMNtCs1Ab_5alloc6stringNtB2_6String3new"),
            "_RNvMNtCs*_5alloc6stringNtB2_6String3new*"
        );
        assert_eq!(stable_name("PyObject_Free"), "PyObject_Free");
    }

    #[test]
    fn functions_are_found_in_a_profile() {
        let profile = "ob=(1) /bin/x\nfl=(1) ???\nfn=(1) main\n0 5\ncob=(2) /lib/c.so\ncfn=(2) malloc\ncalls=1 0\n0 9\n\
                       cfn=(3) f\ncalls=1 0\n0 3\n\nfn=(3)\n0 3\n\nfn=(4) f'2\n0 1\n\ncfn=(5) idle\n";
        assert_eq!(functions_of(profile), ["f", "main"].map(String::from).into());
    }

    #[test]
    fn instances_that_did_not_run_come_along_in_bounds() {
        let symbols = "00 10 t _ZN1a1f17h0000000000000000E\n10 20 t _ZN1a1f17h0000000000000001E\n\
                       30 10 t _ZN1a1g17h0000000000000002E\n40 fffff t _ZN1a1g17h0000000000000003E\n80 8 r data\n\
                       90 8 T idle\n10 20 t same\n";
        let ran = ["_ZN1a1f17h0000000000000001E", "_ZN1a1g17h0000000000000002E"].map(String::from).into();
        assert_eq!(order(&ran, symbols), ["_ZN1a1f17h*", "_ZN1a1g17h0000000000000002E*", "same"]);
    }
}

//! Whether the evaluation loop of the optimised program is the chain of jumps that `eval/chain.rs` promises: a link that
//! calls the next one instead would need more of the stack with every instruction.
//!
//! Only optimised programs have the chain, and only the instructions of x86-64 are known here; `objdump` comes with the
//! linker.

#![cfg(all(not(debug_assertions), target_arch = "x86_64", target_os = "linux"))]

use std::process::Command;

/// What symbols of `eval/chain.rs` have in them.
const CHAIN: &str = "4eval5chain";

/// The functions of the chain with the calls of links in them.
fn disassembly() -> Vec<(String, Vec<String>)> {
    let out = Command::new("objdump")
        .args(["--disassemble", "--no-show-raw-insn", "--no-addresses", env!("CARGO_BIN_EXE_taipan")])
        .output()
        .expect("objdump starts");
    assert!(out.status.success(), "objdump: {}", String::from_utf8_lossy(&out.stderr));
    let mut links: Vec<(String, Vec<String>)> = Vec::new();
    let mut within = false;
    for line in String::from_utf8_lossy(&out.stdout).lines() {
        if let Some(symbol) = line.strip_prefix('<').and_then(|line| line.strip_suffix(">:")) {
            within = symbol.contains(CHAIN);
            if within {
                links.push((symbol.into(), Vec::new()));
            }
        } else if within
            && calls_link(line.trim())
            && let Some((_, calls)) = links.last_mut()
        {
            calls.push(line.trim().into());
        }
    }
    links
}

/// Whether an instruction calls a link: by its name, or through the table, by an address with an index of eight bytes.
fn calls_link(instruction: &str) -> bool {
    let Some(target) = instruction.strip_prefix("call").map(str::trim_start) else { return false };
    target.contains(CHAIN) || target.starts_with('*') && target.ends_with(",8)")
}

#[test]
fn no_link_calls_another() {
    let links = disassembly();
    assert!(links.len() > 150, "the program has only {} links", links.len());
    for (link, calls) in links {
        assert!(calls.is_empty(), "{link} must jump, but has {calls:?}");
    }
}

#[test]
fn calls_of_links_are_known() {
    assert!(calls_link("call   *(%r11,%rax,8)"));
    assert!(calls_link("call   *0x10(,%rax,8)"));
    assert!(calls_link("call   <_RNvNtNtCs1_18taipan_interpreter4eval5chain5raise>"));
    assert!(!calls_link("call   *0x30(%rax)"));
    assert!(!calls_link("call   <_RNvNtCs1_14taipan_objects6memory7destroy>"));
    assert!(!calls_link("jmp    *(%r11,%rax,8)"));
}

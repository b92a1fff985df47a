//! The program `taipan` and the embedding API.
//!
//! The program joins the floors below: the runtime with the native modules, the packed library and the C API.

#![no_main]

use taipan_runtime::config::Layout;
use taipan_runtime::lifecycle::{self, Program};

#[global_allocator]
static ALLOCATOR: taipan_objects::memory::Global = taipan_objects::memory::Global;

static PROGRAM: Program = Program {
    modules: &[
        taipan_modules_core::MODULES,
        taipan_modules_crypto::MODULES,
        taipan_modules_data::MODULES,
        taipan_modules_io::MODULES,
        taipan_modules_math::MODULES,
        taipan_modules_net::MODULES,
        taipan_modules_os::MODULES,
        taipan_modules_testing::MODULES,
        taipan_modules_text::MODULES,
    ],
    frozen: taipan_stdlib::frozen,
    layout: Layout { checksum: taipan_stdlib::checksum, install: taipan_stdlib::install },
};

/// The C entry point: Rust's own would open standard descriptors that are closed and change what a broken pipe does.
#[expect(unsafe_code, reason = "the name by which the C library starts a program")]
#[unsafe(no_mangle)]
pub extern "C" fn main(_count: i32, _words: *const *const u8) -> i32 {
    taipan_capi::init();
    taipan_host::process::exit_now(lifecycle::main(&PROGRAM))
}

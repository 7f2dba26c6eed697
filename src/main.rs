//! The binary: everything is in the library.

/// Building a site makes and drops many small texts on all threads; `docs/benchmarks.md` has what
/// this allocator saves.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    galen::cli::main()
}

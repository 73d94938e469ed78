//! The binary: flags to the command line's code. Nothing else.

fn main() -> std::process::ExitCode {
    slipway::cli::main()
}

//! The binary: flags to the command line's code, unless a build's supervisor is wanted. Nothing else.

fn main() -> std::process::ExitCode {
    slipway::sandbox::process::supervise();
    slipway::cli::main()
}

//! Texts of AWS's agent. Witness: contract codedeploy §8.7.

use super::*;

/// Witness: contract §8.7: numbers and texts.
#[test]
fn faults_have_the_numbers_and_texts_of_awss_agent() {
    let path = Utf8Path::new("/r/s.sh");
    let begins = "Script at specified location: s.sh";
    for (fault, number, text) in [
        (
            script_missing("s.sh", path),
            1,
            "Script does not exist at specified location: /r/s.sh".to_owned(),
        ),
        (
            script_not_executable("s.sh"),
            2,
            "Unable to set script at specified location: s.sh as executable".to_owned(),
        ),
        (
            script_timed_out("s.sh", 5),
            3,
            format!("{begins} failed to complete in 5 seconds"),
        ),
        (
            script_failed("s.sh", None, 7),
            4,
            format!("{begins} failed with exit code 7"),
        ),
        (
            script_failed("s.sh", Some("web"), 7),
            4,
            format!("{begins} run as user web failed with exit code 7"),
        ),
        (
            already_exists(path),
            5,
            "The deployment failed because a specified file already exists at this location: /r/s.sh"
                .to_owned(),
        ),
        (
            etag("a", "b"),
            5,
            "Expected deployment artifact bundle etag a but was actually b".to_owned(),
        ),
        (
            output_left_open("s.sh", "STDOUT"),
            6,
            format!("{begins} failed to close STDOUT"),
        ),
        (
            failed_after_restart(),
            7,
            "Failed: Failing in-progress lifecycle event after an agent restart.".to_owned(),
        ),
    ] {
        assert_eq!((fault.code.number(), fault.message), (number, text));
        let of_a_script = (1..=4).contains(&number) || number == 6;
        assert_eq!(fault.script == "s.sh", of_a_script);
    }
    assert_eq!(Code::Succeeded.number(), 0);
    assert!(
        tar("why")
            .message
            .starts_with("Error extracting tar archive: 2")
    );
}

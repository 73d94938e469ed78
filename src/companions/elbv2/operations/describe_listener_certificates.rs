//! `DescribeListenerCertificates`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerCertificates.html>

use crate::server::Call;
use elbv2_api::error::DescribeListenerCertificatesError;
use elbv2_api::input::DescribeListenerCertificatesInput;
use elbv2_api::model::Certificate;
use elbv2_api::output::DescribeListenerCertificatesOutput;

/// The default certificate; listeners have no others here.
pub async fn describe_listener_certificates(
    input: DescribeListenerCertificatesInput,
    call: Call,
) -> Result<DescribeListenerCertificatesOutput, DescribeListenerCertificatesError> {
    let (_, row) = call
        .app
        .elbv2
        .rows(&call.scope)
        .listener(&input.listener_arn)?;
    let certificates = row.definition.certificates.iter().flatten();
    let shown = certificates.map(|certificate| Certificate {
        is_default: Some(true),
        ..certificate.clone()
    });
    Ok(DescribeListenerCertificatesOutput {
        certificates: Some(shown.collect()),
        next_marker: None,
    })
}

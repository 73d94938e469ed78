//! What of botocore's descriptions is left out of the models, and why.
//!
//! Invariant: a key that is neither translated nor in this table stops the import.

/// A key that is left out wherever one of `places` carries it.
#[derive(Debug)]
pub struct Skipped {
    pub key: &'static str,
    pub places: &'static [&'static str],
    pub reason: &'static str,
}

const fn skip(key: &'static str, places: &'static [&'static str], reason: &'static str) -> Skipped {
    Skipped {
        key,
        places,
        reason,
    }
}

/// The table; model/README.md shows it to readers.
pub const SKIPPED: &[Skipped] = &[
    skip(
        "documentation",
        &[
            "service",
            "operation",
            "operation input",
            "operation output",
            "operation error",
            "shape",
            "member",
        ],
        "prose, which is its authors' and which a server does not need",
    ),
    skip("examples", &["service"], "prose"),
    skip("version", &["service"], "version of botocore's own format"),
    skip(
        "clientContextParams",
        &["service"],
        "clients choose endpoints",
    ),
    skip("deprecatedMessage", &["service"], "prose"),
    skip("globalEndpoint", &["metadata"], "clients choose endpoints"),
    skip(
        "protocolSettings",
        &["metadata"],
        "clients choose HTTP versions",
    ),
    skip("ripServiceName", &["metadata"], "clients choose endpoints"),
    skip(
        "serviceAbbreviation",
        &["metadata"],
        "the full name and the SDK id are kept",
    ),
    skip(
        "uid",
        &["metadata"],
        "made of the service id and the version",
    ),
    skip("contextParam", &["member"], "clients choose endpoints"),
    skip(
        "staticContextParams",
        &["operation"],
        "clients choose endpoints",
    ),
    skip(
        "operationContextParams",
        &["operation"],
        "clients choose endpoints",
    ),
    skip(
        "endpointdiscovery",
        &["operation"],
        "clients choose endpoints",
    ),
    skip(
        "endpointoperation",
        &["operation"],
        "clients choose endpoints",
    ),
    skip(
        "box",
        &["shape", "member"],
        "Smithy 2.0 says it by the absence of a default",
    ),
    skip(
        "event",
        &["shape"],
        "members of a streaming union are events",
    ),
    skip(
        "synthetic",
        &["shape"],
        "added for clients; the shape itself is imported",
    ),
    skip(
        "wrapper",
        &["shape", "operation output"],
        "follows from the protocol",
    ),
    skip(
        "xmlOrder",
        &["shape"],
        "readers take XML members in any order",
    ),
    skip(
        "exception",
        &["operation error"],
        "said by the error's shape",
    ),
    skip("error", &["operation error"], "said by the error's shape"),
    skip("fault", &["operation error"], "said by the error's shape"),
    skip(
        "more_results",
        &["paginator"],
        "Smithy pages end where the token is absent",
    ),
    skip(
        "non_aggregate_keys",
        &["paginator"],
        "how a client merges pages",
    ),
    skip(
        "py_input_token",
        &["paginator"],
        "Python name of the input token",
    ),
];

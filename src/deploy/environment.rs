//! Settings of stores from environment variables. An invalid value is reported by the name of its
//! variable only, because it may be a secret.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::str::FromStr;

use object_store::aws::AmazonS3ConfigKey;
use object_store::azure::AzureConfigKey;
use object_store::gcp::GoogleConfigKey;

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::source;

/// The maximum size of a credentials file, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The maximum size of a file of certificates, in bytes.
const MAX_CERTIFICATES_BYTES: u64 = 1 << 24;

/// A setting of a store.
pub(super) struct Setting<K> {
    /// The name of its variable.
    pub(super) name: String,
    pub(super) key: K,
    pub(super) value: String,
}

/// What a setting decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettingKind {
    /// Who deploys: keys, and the services that issue them; also the default region.
    Credential,
    /// The server.
    Server,
    /// How requests are made, or to which bucket; not used.
    Other,
}

/// What a setting of S3 decides.
pub(super) fn s3_setting(key: AmazonS3ConfigKey) -> SettingKind {
    use AmazonS3ConfigKey as Key;
    match key {
        Key::AccessKeyId
        | Key::SecretAccessKey
        | Key::Token
        | Key::Region
        | Key::DefaultRegion
        | Key::ImdsV1Fallback
        | Key::MetadataEndpoint
        | Key::ContainerCredentialsRelativeUri
        | Key::ContainerCredentialsFullUri
        | Key::ContainerAuthorizationTokenFile
        | Key::WebIdentityTokenFile
        | Key::RoleArn
        | Key::RoleSessionName
        | Key::StsEndpoint => SettingKind::Credential,
        Key::Endpoint | Key::S3Endpoint => SettingKind::Server,
        _ => SettingKind::Other,
    }
}

/// What a setting of Google Cloud Storage decides.
pub(super) fn google_cloud_setting(key: GoogleConfigKey) -> SettingKind {
    use GoogleConfigKey as Key;
    match key {
        Key::ServiceAccount
        | Key::ServiceAccountKey
        | Key::ApplicationCredentials
        | Key::BearerToken => SettingKind::Credential,
        Key::BaseUrl => SettingKind::Server,
        _ => SettingKind::Other,
    }
}

/// What a setting of Azure decides.
pub(super) fn azure_setting(key: AzureConfigKey) -> SettingKind {
    use AzureConfigKey as Key;
    match key {
        Key::AccountName
        | Key::AccessKey
        | Key::ClientId
        | Key::ClientSecret
        | Key::AuthorityId
        | Key::AuthorityHost
        | Key::SasKey
        | Key::Token
        | Key::MsiEndpoint
        | Key::ObjectId
        | Key::MsiResourceId
        | Key::FederatedTokenFile
        | Key::UseAzureCli => SettingKind::Credential,
        Key::Endpoint | Key::UseEmulator | Key::UseFabricEndpoint => SettingKind::Server,
        _ => SettingKind::Other,
    }
}

/// The settings in variables whose names begin with `prefix`, sorted by name. Whitespace around
/// values is ignored.
///
/// # Errors
/// The first invalid value.
pub(super) fn settings<K: FromStr>(
    prefix: &str,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Vec<Setting<K>>, Diagnostic> {
    let own = |(name, value): (OsString, OsString)| {
        let name = name.into_string().ok().filter(|name| name.starts_with(prefix))?;
        Some((name.to_ascii_lowercase().parse().ok()?, name, value))
    };
    let mut found: Vec<(K, String, OsString)> = variables.into_iter().filter_map(own).collect();
    found.sort_by(|(_, a, _), (_, b, _)| a.cmp(b));
    let mut settings = Vec::new();
    for (key, name, value) in found {
        let value = value_of(&name, &value)?;
        if !value.is_empty() {
            settings.push(Setting { name, key, value });
        }
    }
    Ok(settings)
}

/// The kind of a variable's value.
enum Kind {
    /// Becomes part of a request.
    Plain,
    /// Becomes part of a host name.
    HostPart,
    /// JSON.
    Document,
    /// The path of a credentials file.
    File,
    /// The path of a file with only a token.
    TokenFile,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            _ if name.ends_with("_TOKEN_FILE") => Self::TokenFile,
            "AWS_REGION" | "AWS_DEFAULT_REGION" | "AZURE_STORAGE_ACCOUNT_NAME" => Self::HostPart,
            "GOOGLE_SERVICE_ACCOUNT_KEY" => Self::Document,
            "SERVICE_ACCOUNT"
            | "GOOGLE_SERVICE_ACCOUNT"
            | "GOOGLE_SERVICE_ACCOUNT_PATH"
            | "GOOGLE_APPLICATION_CREDENTIALS" => Self::File,
            _ => Self::Plain,
        }
    }
}

/// The value of a variable; empty if it counts as unset.
pub(super) fn value_of(name: &str, value: &OsStr) -> Result<String, Diagnostic> {
    let wrong = |what: &str| error(name, format!("`{name}` {what}"));
    let value = value.to_str().ok_or_else(|| wrong("is not UTF-8"))?.trim();
    match Kind::of(name) {
        _ if value.is_empty() => {}
        kind @ (Kind::Plain | Kind::HostPart) => {
            let is_host_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            let of_host = || {
                (matches!(kind, Kind::HostPart) && !value.chars().all(is_host_part))
                    .then_some("a character that no host name has")
            };
            if let Some(invalid_reason) = invalid_reason(value).or_else(of_host) {
                return Err(wrong(&format!("holds {invalid_reason}")));
            }
        }
        Kind::Document => {}
        Kind::File => file(name, value).map(|_| ())?,
        Kind::TokenFile => {
            let token = file(name, value)?;
            let invalid_reason =
                std::str::from_utf8(&token).map_or(Some("what is not UTF-8"), invalid_reason);
            if let Some(invalid_reason) = invalid_reason {
                return Err(wrong(&format!("names a file that holds {invalid_reason}")));
            }
        }
    }
    Ok(value.to_owned())
}

/// Characters that a request cannot carry, or that come from a shell or from copying and never
/// occur in credentials.
fn invalid_reason(value: &str) -> Option<&'static str> {
    value.chars().find_map(|c| match c {
        '\n' | '\r' => Some("a line break"),
        '"' | '\'' => Some("a quotation mark"),
        c if c.is_whitespace() => Some("a blank"),
        c if c.is_control() => Some("a control character"),
        c if !c.is_ascii() => Some("a character that is not ASCII"),
        _ => None,
    })
}

fn file(name: &str, path: &str) -> Result<Vec<u8>, Diagnostic> {
    source::read_regular(Path::new(path), MAX_FILE_BYTES).map_err(|cause| {
        error(name, format!("the file that `{name}` names cannot be read: {cause}"))
    })
}

/// Checks the files of certificates that the HTTP client reads, given a look-up of variables.
/// What is missing in `SSL_CERT_DIR` is left to the client, as is a special file in a folder.
///
/// # Errors
/// A file that is not regular or is too long.
pub(super) fn check_certificates(
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<(), Diagnostic> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let wrong = |name: &str, cause: &io::Error| {
        let message = format!("the certificates that `{name}` names cannot be read: {cause}");
        let help =
            format!("each file must be a regular one of at most {MAX_CERTIFICATES_BYTES} bytes");
        Diagnostic::new(Code::InvalidEnvironment, Location::file(name), message).help(help)
    };
    let read = |path: &Path| source::read_regular(path, MAX_CERTIFICATES_BYTES);
    if let Some(file) = set("SSL_CERT_FILE") {
        read(Path::new(&file)).map_err(|cause| wrong("SSL_CERT_FILE", &cause))?;
    }
    for folder in set("SSL_CERT_DIR").iter().flat_map(env::split_paths) {
        let of_folder = |cause: &io::Error| wrong("SSL_CERT_DIR", cause);
        for name in source::list_dir(&folder).map_err(|cause| of_folder(&cause))? {
            match read(&folder.join(name)) {
                Err(cause) if cause.kind() == io::ErrorKind::FileTooLarge => {
                    return Err(of_folder(&cause));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Checks the file of credentials that the library reads if no variable names any, if it exists.
///
/// # Errors
/// When it is not regular, is too long or cannot be read.
pub(super) fn check_default_google_credentials() -> Result<(), Diagnostic> {
    let (folder, below) =
        if cfg!(windows) { ("APPDATA", "gcloud") } else { ("HOME", ".config/gcloud") };
    let Some(folder) = env::var_os(folder) else { return Ok(()) };
    let path = Path::new(&folder).join(below).join("application_default_credentials.json");
    match source::read_optional(&path, MAX_FILE_BYTES) {
        Ok(_) => Ok(()),
        Err(cause) => {
            let message = format!("the credentials file cannot be read: {cause}");
            Err(Diagnostic::new(
                Code::InvalidEnvironment,
                Location::file(path.display().to_string()),
                message,
            )
            .help("remove it, or set GOOGLE_APPLICATION_CREDENTIALS"))
        }
    }
}

fn error(name: &str, message: String) -> Diagnostic {
    Diagnostic::new(Code::InvalidEnvironment, Location::file(name), message)
        .help("set it to the bare value, without quotation marks, blanks or line breaks; it is not shown here, since it may be a secret")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::create_file;

    fn read<K: FromStr>(prefix: &str, name: &str, value: &str) -> Result<Vec<String>, String> {
        let settings =
            settings::<K>(prefix, [(name.into(), value.into()), ("HOME".into(), "/".into())]);
        let values =
            |settings: Vec<Setting<K>>| settings.into_iter().map(|setting| setting.value).collect();
        settings.map(values).map_err(|error| format!("{}: {}", error.location, error.message))
    }

    #[test]
    fn credentials_are_trimmed() {
        for value in ["AKID\n", "AKID\r\n", " AKID ", "\tAKID\u{a0}", "AKID"] {
            assert_eq!(
                read::<AmazonS3ConfigKey>("AWS_", "AWS_ACCESS_KEY_ID", value),
                Ok(vec!["AKID".to_owned()])
            );
        }
        assert_eq!(
            read::<AmazonS3ConfigKey>("AWS_", "AWS_SESSION_TOKEN", " \n"),
            Ok(Vec::new()),
            "as if it were not set"
        );
    }

    #[test]
    fn invalid_credential_is_named_but_not_shown() {
        for (value, invalid_reason) in [
            ("SECRET\nSECRET", "a line break"),
            ("\"SECRET\"", "a quotation mark"),
            ("'SECRET'", "a quotation mark"),
            ("SECRET SECRET", "a blank"),
            ("SECRET\u{1b}[m", "a control character"),
            ("SECRETé", "a character that is not ASCII"),
            ("\u{feff}SECRET", "a character that is not ASCII"),
        ] {
            let refused = |name: &str| Err(format!("{name}: `{name}` holds {invalid_reason}"));
            let aws = [
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_SESSION_TOKEN",
                "AWS_REGION",
                "AWS_ENDPOINT_URL",
            ];
            for name in aws {
                assert_eq!(read::<AmazonS3ConfigKey>("AWS_", name, value), refused(name));
            }
            for name in [
                "AZURE_STORAGE_ACCOUNT_NAME",
                "AZURE_STORAGE_ACCOUNT_KEY",
                "AZURE_STORAGE_SAS_TOKEN",
                "AZURE_CLIENT_ID",
            ] {
                assert_eq!(read::<AzureConfigKey>("AZURE_", name, value), refused(name));
            }
            assert_eq!(
                read::<GoogleConfigKey>("GOOGLE_", "GOOGLE_BEARER_TOKEN", value),
                refused("GOOGLE_BEARER_TOKEN")
            );
        }
    }

    #[test]
    fn unknown_environment_variables_are_ignored() {
        for name in ["AWS_PROFILE", "AWS_EXECUTION_ENV", "NEWS"] {
            assert_eq!(read::<AmazonS3ConfigKey>("AWS_", name, "a \n\"b\""), Ok(Vec::new()));
        }
    }

    #[test]
    fn credential_files_must_be_regular() {
        let folder = tempfile::tempdir().expect("folder");
        let path = |name: &str| folder.path().join(name).to_str().expect("path").to_owned();
        for (name, text) in
            [("token", "SECRET"), ("broken", "SECRET\n"), ("key.json", "{\n  \"type\": \"é\"\n}\n")]
        {
            create_file(Path::new(&path(name)), text.as_bytes()).expect("file");
        }
        let aws = |value: &str| {
            read::<AmazonS3ConfigKey>("AWS_", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", value)
        };
        assert!(aws(&path("token")).is_ok());
        assert!(
            aws(&path("broken"))
                .expect_err("error")
                .ends_with("names a file that holds a line break")
        );
        let google = |value: &str| {
            read::<GoogleConfigKey>("GOOGLE_", "GOOGLE_APPLICATION_CREDENTIALS", value)
        };
        assert_eq!(google(&format!("{}\n", path("key.json"))), Ok(vec![path("key.json")]));
        for value in [path("missing"), path(""), "/dev/zero".to_owned()] {
            assert!(google(&value).expect_err("error").contains("cannot be read"), "{value}");
        }
    }
}

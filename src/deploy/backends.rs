//! Opens the object store behind a target: of S3, Google Cloud Storage or Azure, or in a folder.

use std::env;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, Error, ObjectStore};

use super::environment::{
    self, Setting, SettingKind, check_certificates, check_default_google_credentials, settings,
    value_of,
};
use super::error::{store_error, target_error};
use super::object_names::InvalidNames;
use super::retry::library_retries;
use crate::config::{Target, TargetUrl};
use crate::diagnostic::{Code, Diagnostic};
use crate::publish;
use crate::source;

/// The server of Google Cloud Storage. Without it, a credentials file could name another one.
const GOOGLE_CLOUD: &str = "https://storage.googleapis.com";

/// The assumed minimum throughput of each parallel upload.
const MIN_BYTES_PER_SECOND: u64 = 10_000;

/// Opens the object store of a target for files of up to `longest` bytes. A folder is created only
/// if `written` is set. Objects with invalid names are added to `invalid_names` when they are listed.
///
/// # Errors
/// When the target or its configuration is invalid.
pub(super) fn open(
    target: &Target,
    written: bool,
    longest: u64,
    invalid_names: &InvalidNames,
) -> Result<Arc<dyn ObjectStore>, Diagnostic> {
    let backend = Backend { target, longest, invalid_names };
    if !target.url.is_folder() {
        check_certificates(|name| env::var_os(name))?;
    }
    let objects = match target.url {
        TargetUrl::S3(_) => backend.s3()?,
        TargetUrl::GoogleCloud(_) => backend.google_cloud()?,
        TargetUrl::Azure(_) => backend.azure()?,
        TargetUrl::File(_) => backend.folder(written)?,
    };
    let above = target.url.key_prefix();
    if above.is_empty() {
        return Ok(objects);
    }
    let prefix = object_store::path::Path::parse(&above);
    let prefix = prefix.map_err(|error| backend.unopened(&error.into()))?;
    Ok(Arc::new(PrefixStore::new(objects, prefix)))
}

/// What a store is opened with.
struct Backend<'a> {
    target: &'a Target,
    longest: u64,
    invalid_names: &'a InvalidNames,
}

impl Backend<'_> {
    fn s3(&self) -> Result<Arc<dyn ObjectStore>, Diagnostic> {
        let mut builder = self
            .settings("AWS_", environment::s3_setting)?
            .into_iter()
            .fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value))
            .with_bucket_name(self.bucket())
            .with_client_options(self.client_options())
            .with_http_connector(self.invalid_names.clone())
            .with_retry(library_retries());
        if let Some(region) = &self.target.region {
            builder = builder.with_region(region);
        }
        if let Some(endpoint) = self.endpoint() {
            builder = builder.with_endpoint(endpoint);
        }
        Ok(Arc::new(builder.build().map_err(|error| self.unopened(&error))?))
    }

    fn google_cloud(&self) -> Result<Arc<dyn ObjectStore>, Diagnostic> {
        let account = env::var_os("SERVICE_ACCOUNT").map(|path| value_of("SERVICE_ACCOUNT", &path));
        let account = account.transpose()?.filter(|path| !path.is_empty());
        let account = account.map(|path| (GoogleConfigKey::ServiceAccount, path));
        let settings: Vec<(GoogleConfigKey, String)> = account
            .into_iter()
            .chain(self.settings("GOOGLE_", environment::google_cloud_setting)?)
            .collect();
        let names_credentials = |(key, _): &(GoogleConfigKey, String)| {
            matches!(
                key,
                GoogleConfigKey::ServiceAccount
                    | GoogleConfigKey::ServiceAccountKey
                    | GoogleConfigKey::ApplicationCredentials
            )
        };
        if !settings.iter().any(names_credentials) {
            check_default_google_credentials()?;
        }
        let builder = settings
            .into_iter()
            .fold(GoogleCloudStorageBuilder::new(), |builder, (key, value)| {
                builder.with_config(key, value)
            })
            .with_base_url(self.endpoint().as_deref().unwrap_or(GOOGLE_CLOUD))
            .with_bucket_name(self.bucket())
            .with_client_options(self.client_options())
            .with_http_connector(self.invalid_names.clone())
            .with_retry(library_retries());
        Ok(Arc::new(builder.build().map_err(|error| self.unopened(&error))?))
    }

    fn azure(&self) -> Result<Arc<dyn ObjectStore>, Diagnostic> {
        let mut builder = self
            .settings("AZURE_", environment::azure_setting)?
            .into_iter()
            .fold(MicrosoftAzureBuilder::new(), |builder, (key, value)| {
                builder.with_config(key, value)
            })
            .with_container_name(self.bucket())
            .with_client_options(self.client_options())
            .with_http_connector(self.invalid_names.clone())
            .with_retry(library_retries());
        if let Some(endpoint) = self.endpoint() {
            builder = builder.with_endpoint(endpoint);
        }
        Ok(Arc::new(builder.build().map_err(|error| self.unopened(&error))?))
    }

    /// The settings from the environment, which says who deploys. Where to is up to site.toml.
    ///
    /// # Errors
    /// When a value is invalid, or if a variable names a server and `endpoint` is not set.
    fn settings<K: Copy + FromStr>(
        &self,
        prefix: &str,
        kind_of: impl Fn(K) -> SettingKind,
    ) -> Result<Vec<(K, String)>, Diagnostic> {
        let mut credentials = Vec::new();
        for Setting { name, key, value } in settings(prefix, env::vars_os())? {
            match kind_of(key) {
                SettingKind::Credential => credentials.push((key, value)),
                SettingKind::Server if self.target.endpoint.is_none() && !is_off(&value) => {
                    let message = format!("`{name}` names a server, which only `endpoint` can do");
                    let help = "write the server's URL into site.toml as `endpoint`, or unset the variable";
                    return Err(target_error(Code::InvalidEnvironment, &self.target.url, message)
                        .help(help));
                }
                SettingKind::Server | SettingKind::Other => {}
            }
        }
        Ok(credentials)
    }

    /// A local folder. If it is missing and will not be written, it counts as empty.
    fn folder(&self, written: bool) -> Result<Arc<dyn ObjectStore>, Diagnostic> {
        let path = self.target.url.folder().expect("the URL of a folder");
        if !written && !source::is_folder(&path) {
            return Ok(Arc::new(InMemory::new()));
        }
        publish::create_dir_all(&path).map_err(|error| {
            target_error(error.code, &self.target.url, error.message)
                .help("check permissions, and remove a file or broken link in its place")
        })?;
        let store =
            LocalFileSystem::new_with_prefix(&path).map_err(|error| self.unopened(&error))?;
        Ok(Arc::new(store.with_automatic_cleanup(true)))
    }

    fn bucket(&self) -> &str {
        self.target.url.as_url().host_str().unwrap_or_default()
    }

    fn endpoint(&self) -> Option<String> {
        let endpoint = self.target.endpoint.as_ref()?;
        Some(endpoint.as_str().trim_end_matches('/').to_owned())
    }

    /// Options of the HTTP client. `config` allows unencrypted endpoints only on this machine, which
    /// no proxy of the environment may replace. The timeout suits the longest file on a slow line.
    fn client_options(&self) -> ClientOptions {
        let unencrypted = self.target.endpoint.as_ref().filter(|url| url.scheme() == "http");
        let options = match unencrypted {
            // A proxy for no name and no address replaces those of the environment.
            Some(endpoint) => ClientOptions::new()
                .with_allow_http(true)
                .with_proxy_url(endpoint.as_str())
                .with_proxy_excludes("*,0.0.0.0/0,::/0"),
            None => ClientOptions::new(),
        };
        options
            .with_connect_timeout(Duration::from_secs(10))
            .with_timeout(Duration::from_secs(60 + self.longest / MIN_BYTES_PER_SECOND))
    }

    fn unopened(&self, error: &Error) -> Diagnostic {
        store_error(&self.target.url, "open it", error)
    }
}

/// Whether a variable switches something off, as for the emulator of Azure.
fn is_off(value: &str) -> bool {
    ["false", "0", "no", "off"].iter().any(|off| value.eq_ignore_ascii_case(off))
}

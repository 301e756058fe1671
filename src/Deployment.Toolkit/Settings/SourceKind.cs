namespace Deployment.Toolkit.Settings;

/// <summary>What kind of source a layer of the configuration comes from.</summary>
internal enum SourceKind
{
    Other,
    JsonFile,
    DotEnvFile,
    UserSecrets,
    EnvironmentVariables,
    CommandLine,
    Pinned,
    MountedFiles,
}

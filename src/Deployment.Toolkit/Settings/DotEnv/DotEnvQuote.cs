namespace Deployment.Toolkit.Settings.DotEnv;

/// <summary>What a value is enclosed in.</summary>
internal enum DotEnvQuote
{
    None,
    Single,
    Double,
    Backtick,
}

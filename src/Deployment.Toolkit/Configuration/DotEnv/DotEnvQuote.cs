namespace Deployment.Toolkit.Configuration.DotEnv;

/// <summary>What a value is enclosed in.</summary>
internal enum DotEnvQuote
{
    None,
    Single,
    Double,
    Backtick,
}

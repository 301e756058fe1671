namespace Deployment.Toolkit.Secrecy;

/// <summary>How secrets are read while a configuration is bound.</summary>
/// <param name="LookUp">Looks one up for a key.</param>
/// <param name="BeginPass">Begins a look at a whole configuration and asks for these secrets at once; the end of it is its
/// disposal.</param>
/// <param name="Issue">Makes a value that was put together with a secret known as one, so that it leaves the process masked as a
/// whole.</param>
/// <param name="AskingSource">The source of secrets that is being asked, or made, by the code that runs; <see langword="null"/> outside of
/// one.</param>
internal sealed record SecretReading(
    Func<SecretReference, string, SecretLookup> LookUp,
    Func<IReadOnlyCollection<SecretReference>, IDisposable> BeginPass,
    Action<Secret> Issue,
    Func<string?> AskingSource
);

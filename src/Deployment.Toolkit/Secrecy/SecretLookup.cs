namespace Deployment.Toolkit.Secrecy;

/// <summary>
/// What the secret sources said of a reference: the secret, or why there is none (continues "… refers to secret 'x', which").
/// </summary>
internal readonly record struct SecretLookup(Secret? Value, string? Fault);

namespace Deployment.Toolkit.Secrecy;

/// <summary>What a name says of its value, from nothing to a secret.</summary>
internal enum SecretName
{
    /// <summary>Nothing of secrets.</summary>
    None,

    /// <summary>
    /// It has a secret's word, and another that says that it is something else: a public key, a hash, a page. Only what shows values to
    /// people is careful.
    /// </summary>
    Doubtful,

    /// <summary>A key, a token, a credential, of which many are no secrets: the value has to look like one.</summary>
    Possible,

    /// <summary>A secret, unless the value says that it is none.</summary>
    Certain,
}

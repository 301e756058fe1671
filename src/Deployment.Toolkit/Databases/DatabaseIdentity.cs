namespace Deployment.Toolkit.Databases;

/// <summary>Which database it is, whatever it is called and by whichever way it is reached.</summary>
/// <param name="Database">The same for a database and for a copy of all its files.</param>
/// <param name="Instance">What tells such copies apart, as far as an ordinary account may ask; empty where nothing does.</param>
internal sealed record DatabaseIdentity(string Database, string Instance)
{
    /// <summary>Whether the other is this database itself, a copy of its files, or another one.</summary>
    internal IdentityLikeness CompareTo(DatabaseIdentity other) =>
        Database != other.Database ? IdentityLikeness.Other
        : Instance == other.Instance ? IdentityLikeness.Same
        : IdentityLikeness.Clone;
}

internal enum IdentityLikeness
{
    Other,

    /// <summary>A copy of the files, on another server or in another place.</summary>
    Clone,
    Same,
}

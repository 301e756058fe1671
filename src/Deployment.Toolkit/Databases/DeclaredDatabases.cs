using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Databases;

/// <summary>The app's databases, in the order of their declaration: that in which they are deployed.</summary>
internal sealed class DeclaredDatabases
{
    private readonly List<DeclaredDatabase> _all = [];

    internal IReadOnlyList<DeclaredDatabase> All => _all;

    /// <summary>The one that the latest call was about.</summary>
    internal DeclaredDatabase? Last { get; private set; }

    /// <summary>What tells one of them from the others.</summary>
    internal DatabaseKey KeyOf(DeclaredDatabase declared) =>
        new(declared.Name, IsFirst: ReferenceEquals(declared, _all[0]), IsOnly: _all.Count == 1);

    /// <summary>Takes what a call declares.</summary>
    /// <param name="declared">The database.</param>
    /// <param name="isNew">Whether no call before declared it, or another of its name.</param>
    internal void Take(DeclaredDatabase declared, bool isNew)
    {
        if (isNew)
            _all.Add(declared);
        Last = _all.Find(known => known.Name.Equals(declared.Name, StringComparison.OrdinalIgnoreCase)) ?? declared;
    }
}

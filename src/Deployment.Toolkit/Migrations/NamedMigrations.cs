namespace Deployment.Toolkit.Migrations;

/// <summary>The sources of migrations that name their database, where an app has several.</summary>
internal sealed class NamedMigrations
{
    private readonly Dictionary<string, MigrationSources> _byDatabase = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The databases that migrations name, in the order in which they first did.</summary>
    internal IReadOnlyCollection<string> Databases => _byDatabase.Keys;

    internal MigrationSources? Find(string database) => _byDatabase.GetValueOrDefault(database);

    /// <summary>The sources of one database.</summary>
    /// <param name="database">Its name.</param>
    /// <param name="others">Those that name none: what is kept for a database by name is not theirs.</param>
    internal MigrationSources Of(string database, MigrationSources others)
    {
        if (_byDatabase.TryGetValue(database, out var sources))
            return sources;

        others.Elsewhere.Add(database);
        return _byDatabase[database] = MigrationSources.OfDatabase(database, others);
    }
}

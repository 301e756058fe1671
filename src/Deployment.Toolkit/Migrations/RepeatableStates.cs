namespace Deployment.Toolkit.Migrations;

/// <summary>Where repeatable scripts stand.</summary>
internal static class RepeatableStates
{
    /// <summary>Those of this binary and those that are applied without being in it, by name.</summary>
    internal static IEnumerable<MigrationState> Of(MigrationSet known, AppliedRepeatables applied) =>
        known
            .Repeatables.Select(definition => Of(definition, applied))
            .Concat(applied.Versions.Where(version => known.Find(version) is null).Select(version => Of(applied.Last(version)!, applied)))
            .OrderBy(static state => state.Version, StringComparer.Ordinal);

    private static MigrationState Of(MigrationDefinition definition, AppliedRepeatables applied)
    {
        var current = applied.Current(definition.Version);
        var isApplied = current?.Checksum == definition.Checksum && !applied.IsBegun(definition.Version);
        return new MigrationState
        {
            Version = definition.Version,
            Name = definition.Name,
            IsApplied = isApplied,
            IsChanged = current is not null && !isApplied,
            HasWayBack = isApplied ? HasWayBack(current!, applied) : (definition with { Earlier = current }).HasWayBack,
        };
    }

    private static MigrationState Of(AppliedRepeatable row, AppliedRepeatables applied) =>
        new()
        {
            Version = row.Version,
            Name = row.Name,
            IsApplied = true,
            HasWayBack = HasWayBack(row, applied),
            IsKnown = false,
        };

    private static bool HasWayBack(AppliedRepeatable row, AppliedRepeatables applied) =>
        row.Irreversible is null
        && (applied.Rows.LastOrDefault(other => other.Version == row.Version && other.Sequence < row.Sequence)?.HasText ?? row.HasDown);
}

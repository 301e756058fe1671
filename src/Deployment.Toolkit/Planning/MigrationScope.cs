using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Planning;

/// <summary>Which of the pending migrations are applied outside of a release's deployment.</summary>
/// <param name="To">The last one; <see langword="null"/> for all, repeatable scripts too.</param>
/// <param name="Reason">Why; kept in the plan.</param>
/// <param name="Database">The one database that is migrated; <see langword="null"/> for an app's only one, or all of them.</param>
internal sealed record MigrationScope(string? To, string? Reason, string? Database)
{
    /// <summary>The databases that are migrated: a version says something of one alone.</summary>
    /// <exception cref="DeploymentException">There is none of that name, or there are several and none is named.</exception>
    internal IReadOnlyList<DeploymentParts> Of(DeploymentParts parts) =>
        To is null && Database is null ? parts.Each
        : Database is { } name && parts.TenantsOf(name) is not null ? []
        : [parts.One(Database)];

    /// <summary>The tenants whose databases are migrated.</summary>
    internal IReadOnlyList<TenantFleet> TenantsOf(DeploymentParts parts) =>
        Database is { } name
            ? parts.TenantsOf(name) is { } fleet
                ? [fleet]
                : []
            : To is null
                ? parts.Tenants
                : [];

    /// <exception cref="DeploymentException">The binary has no such migration.</exception>
    internal IReadOnlyList<MigrationDefinition> Choose(IReadOnlyList<MigrationDefinition> pending, DeploymentParts parts)
    {
        if (To is null)
            return pending;

        var last = Find(To, parts.Migrations.All.Select(static definition => definition.Version), parts);
        return [.. pending.Where(definition => !definition.IsRepeatable && MigrationVersion.Compare(definition.Version, last) <= 0)];
    }

    /// <summary>The version that somebody named, with or without its name.</summary>
    /// <exception cref="DeploymentException">There is none such.</exception>
    internal static string Find(string text, IEnumerable<string> versions, DeploymentParts parts)
    {
        var wanted = text.Split('_')[0];
        var known = versions.ToList();
        return known.Find(version => MigrationVersion.IsVersion(wanted) && MigrationVersion.Compare(version, wanted) == 0)
            ?? throw DeploymentException.Refused(
                Codes.MigrationsNotMoved,
                $"There is no migration '{text}' to go to.{Suggestion.Sentence(wanted, known)} Nothing was changed. 'deploy migrations "
                    + $"list{parts.Key.Option} --environment {parts.Environment.Name}' shows all."
            );
    }
}

using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Known;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Composition;

/// <summary>What does not fit together of several databases and their migrations.</summary>
internal static class DatabaseFaults
{
    private const int Longest = 64;

    internal static IEnumerable<DeploymentMessage> Of(DeploymentModel model)
    {
        var databases = model.Databases.All;
        List<string> names =
        [
            .. databases.Select(static database => database.Name).Where(static name => name.Length > 0),
            .. model.Tenants.Select(static tenants => tenants.Name),
        ];
        foreach (var unknown in model.MigratedDatabases.Where(name => !names.Contains(name, StringComparer.OrdinalIgnoreCase)))
            yield return Fault(
                $"Migrations are added for database '{unknown}', which is not declared.{Suggestion.Sentence(unknown, names)} Correct the name in "
                    + $"AddMigrations(\"{unknown}\") or [Migration(Database = \"{unknown}\")], or declare it with UseSqlite(factory, \"{unknown}\"), "
                    + "UsePostgreSql(…) or UseMySql(…)."
            );
        foreach (var fault in model.Tenants.SelectMany(tenants => OfTenants(model, tenants)))
            yield return fault;
        if (databases.Count < 2)
            yield break;

        foreach (var declared in databases)
        {
            if (declared.Name.Length == 0)
                yield return Fault(
                    $"{databases.Count} databases are declared, and one of a data source has no name. Give it one: UsePostgreSql(dataSource, "
                        + "\"name\")."
                );
            else if (!IsName(declared.Name))
                yield return Fault(
                    $"Database '{declared.Name}' has a name by which no folder can be called, and of several databases each has one. Use "
                        + $"letters, digits, '-', '_' and '.', {Longest} at most, beginning with a letter or digit, and none of "
                        + $"{string.Join(", ", KnownDialects.Folders)}."
                );
            else if (
                model.MigrationsOf(declared).IsEmpty
                && !string.Equals(model.Journal.Database, declared.Name, StringComparison.OrdinalIgnoreCase)
            )
                yield return Fault(
                    $"Database '{declared.Name}' is one of {databases.Count} and has no migrations, so nothing would be deployed to it. Add them "
                        + $"with AddMigrations(\"{declared.Name}\"), or take its declaration out."
                );
        }
    }

    private static IEnumerable<DeploymentMessage> OfTenants(DeploymentModel model, DeclaredTenants tenants)
    {
        var sources = model.MigrationsOf(tenants);
        if (!IsName(tenants.Name))
            yield return Fault(
                $"Tenants '{tenants.Name}' have a name by which no folder can be called. Use letters, digits, '-', '_' and '.', {Longest} at most, "
                    + $"beginning with a letter or digit, and none of {string.Join(", ", KnownDialects.Folders)}."
            );
        if (sources.IsEmpty)
            yield return Fault(
                $"Tenants '{tenants.Name}' have no migrations, so nothing would be deployed to their databases. Add them with "
                    + $"AddMigrations(\"{tenants.Name}\"), or take AddTenants(\"{tenants.Name}\") out."
            );
    }

    private static bool IsName(string name) =>
        name.Length <= Longest
        && char.IsLetterOrDigit(name[0])
        && name.All(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.')
        && !KnownDialects.Folders.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static DeploymentMessage Fault(string text) => new(Codes.RegistrationInvalid, text);
}

using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// Whether two of the app's databases are one and the same under two names: their migrations would share a history, and each would take
/// the other's for its own.
/// </summary>
internal sealed class SameDatabaseCheck : PreflightCheck
{
    internal override async ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention.Parts is not { Databases: { Count: > 1 } all })
            return [];

        var places = new List<(TargetDatabase Database, string Place)>();
        foreach (var parts in all)
            places.Add((parts.Database, await PlaceAsync(parts.Database, cancellationToken).ConfigureAwait(false)));
        return
        [
            .. places
                .GroupBy(static each => each.Place, each => each.Database.Key.Name, StringComparer.Ordinal)
                .Where(static group => group.Count() > 1)
                .Select(group => new DeploymentMessage(
                    Codes.RegistrationInvalid,
                    $"Databases {string.Join(" and ", group.Select(static name => $"'{name}'"))} of '{intention.Environment.Name}' are one: "
                        + $"their connections lead to '{all.First(parts => parts.Database.Key.Name == group.First()).Database.Title}'. Each "
                        + "would take the other's migrations for its own. Nothing was begun. Correct a connection string, or declare it once."
                )),
        ];
    }

    private static async Task<string> PlaceAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        if (database.Dialect.Identity is not { } question || !database.Exists)
            return database.Place;

        try
        {
            await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
            return $"{await Sql.ScalarAsync(connection, null, question, cancellationToken).ConfigureAwait(false)}";
        }
        catch (Exception e) when (e is DbException or DeploymentException)
        {
            // That it can't be opened is told elsewhere.
            return database.Place;
        }
    }
}

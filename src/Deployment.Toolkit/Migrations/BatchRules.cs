using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>What a script has to be that is repeated until it changes no row.</summary>
internal static class BatchRules
{
    internal static IEnumerable<SqlFault> Faults(MigrationDefinition definition)
    {
        if (definition.Markers.Batch is null)
            return definition.Markers.BatchPause > TimeSpan.Zero
                ?
                [
                    Fault(
                        "Marker 'batch-pause' stands without '-- batch: 1000'. Say how many rows a batch may change, or take the line out."
                    ),
                ]
                : [];
        if (definition.IsRepeatable)
            return [Fault("Marker 'batch' is for a migration with a version: what runs again whenever it changes runs as a whole.")];
        if (definition.ForeignKeysOff || definition.Markers.IsOutsideTransaction)
            return [Fault("Marker 'batch' can't stand beside 'foreign-keys' or 'transaction': each batch is a transaction of its own.")];

        var statements = definition.UpScript.Statements;
        return
            statements.Count == 1
            && SqlNames.Of(definition.Dialect, statements[0].Text).Writes
            && definition.Dialect.WhyNotInTransaction(statements[0].Text) is null
            && !definition.Dialect.RunsOutside(statements[0].Text)
            ? []
            :
            [
                Fault(
                    "Marker 'batch' repeats one statement that changes rows: an UPDATE, INSERT or DELETE. Put the rest into a script of its own."
                ),
            ];
    }

    private static SqlFault Fault(string text) => new(Codes.MigrationMarker, text, 1, 1);
}

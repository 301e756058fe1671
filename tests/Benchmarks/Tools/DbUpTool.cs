using DbUp;
using DbUp.ScriptProviders;

namespace Benchmarks.Tools;

internal sealed class DbUpTool : Contestant
{
    internal override string Name => "DbUp";

    internal override Task RunAsync(Place place)
    {
        var to = place.IsPostgreSql ? DeployChanges.To.PostgresqlDatabase(place.ConnectionString) : DeployChanges.To.SqliteDatabase(place.ConnectionString);
        var result = to.WithScriptsFromFileSystem(place.Scripts, new FileSystemScriptOptions { IncludeSubDirectories = false })
            .WithTransactionPerScript()
            .LogToNowhere()
            .Build()
            .PerformUpgrade();
        return result.Successful ? Task.CompletedTask : throw new InvalidOperationException(result.Error.Message, result.Error);
    }
}

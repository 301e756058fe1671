using System.Globalization;
using Deployment.Toolkit;
using Deployment.Toolkit.KillApp;
using Microsoft.Data.Sqlite;

// Usage: KillApp <folder> <verb> <release> [--to RELEASE] [--kill N] [--moments FILE] [--accept] [--progress]
var folder = args[0];
string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var index ? args[index + 1] : null;
var moments = Moments.Watch(int.Parse(Option("--kill") ?? "0", CultureInfo.InvariantCulture));

if (args[1] == "idle")
{
    // An app that has nothing to do and keeps its connection.
    using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "app.db")};Pooling=False");
    connection.Open();
    using var read = connection.CreateCommand();
    read.CommandText = "PRAGMA journal_mode = WAL; SELECT count(*) FROM items";
    read.ExecuteNonQuery();
    Console.WriteLine("idle");
    await Console.In.ReadLineAsync();
    return 0;
}

if (args[1] == SealedChanges.Verb)
{
    await SealedChanges.RunAsync(folder, args[2]);
    if (Option("--moments") is { } passed) File.WriteAllLines(passed, moments.Names);
    Console.WriteLine("Succeeded");
    return 0;
}

if (args[1] == FullDisk.Verb)
{
    var filled = new VerbRequest { Release = args[2], AcceptDataLoss = args.Contains("--accept") };
    await new FullDisk(folder, Option("--left")!).RunAsync(Option("--start")!, Option("--of")!, filled, args.Contains("--names"), int.Parse(Option("--step")!, CultureInfo.InvariantCulture));
    return 0;
}

if (args[1] == "ask")
{
    Console.WriteLine(App.Ask(folder, args[2]));
    return 0;
}

if (args[1] == "hold")
{
    // Holds the lock the way a long step would, until it is killed.
    await using var held = await Holding.TakeAsync(folder);
    Console.WriteLine("holding");
    await Console.In.ReadLineAsync();
}

var result = await App.RunAsync(folder, args[1], new VerbRequest
{
    Release = args[2],
    To = Option("--to"),
    LockTimeout = TimeSpan.FromSeconds(20),
    AcceptDataLoss = args.Contains("--accept"),
    Progress = args.Contains("--progress") ? new Spoken() : null,
});
if (Option("--moments") is { } file) File.WriteAllLines(file, moments.Names);
Console.WriteLine(result.Outcome);
foreach (var message in result.Messages) Console.WriteLine(message);
return result.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.NothingToDo ? 0 : 1;

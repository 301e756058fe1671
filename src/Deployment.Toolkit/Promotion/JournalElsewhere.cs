namespace Deployment.Toolkit.Promotion;

/// <summary>What is said where the journal of the environment that a release comes from is not where this one's is.</summary>
internal static class JournalElsewhere
{
    /// <param name="release">The release.</param>
    /// <param name="environment">Where it wants to enter.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="why">Why no bundle stands for it; <see langword="null"/> when there is nothing to say.</param>
    internal static string Of(Release release, DeploymentEnvironment environment, DeploymentEnvironment source, string? why) =>
        $"Whether release {release} is verified in '{source.Name}' can't be told here: the database that keeps the journal of '{environment.Name}' has "
        + $"none of '{source.Name}'{(why is null ? "" : $", and {why}")}. Nothing was begun. Bring what speaks for it along: 'deploy evidence export "
        + $"bundle.jsonl --environment {source.Name}', then 'deploy evidence import bundle.jsonl --environment {environment.Name}'; or keep the journals of "
        + $"both in one database with ForJournal(j => j.ConnectionString = \"…\"). If nothing was deployed to '{source.Name}' yet, run 'deploy up "
        + $"--environment {source.Name}' first.";
}

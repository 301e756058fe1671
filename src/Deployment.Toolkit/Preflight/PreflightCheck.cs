namespace Deployment.Toolkit.Preflight;

/// <summary>One reason why something may not begin. It looks and changes nothing.</summary>
internal abstract class PreflightCheck
{
    /// <summary>Whether it is about one database, and so is asked of each.</summary>
    internal virtual bool IsOfDatabase => false;

    /// <returns>Errors, which keep it from beginning, and warnings. An exception of the database or the disk becomes an error.</returns>
    internal abstract ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken);
}

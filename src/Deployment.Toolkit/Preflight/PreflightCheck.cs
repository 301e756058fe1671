namespace Deployment.Toolkit.Preflight;

/// <summary>One reason why something may not begin. It looks and changes nothing.</summary>
internal abstract class PreflightCheck
{
    /// <returns>Errors, which keep it from beginning, and warnings. An exception of the database or the disk becomes an error.</returns>
    internal abstract ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken);
}

using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>What git calls: the result goes where our version lay.</summary>
internal static class SealedMergeDriver
{
    /// <param name="originPath">Git's <c>%O</c>: the common ancestor.</param>
    /// <param name="oursPath">Git's <c>%A</c>: our version, and the result.</param>
    /// <param name="theirsPath">Git's <c>%B</c>: their version.</param>
    /// <param name="name">Git's <c>%P</c>: the file's name in the repository; a development key is looked for beside it.</param>
    /// <param name="keys">What opens the three.</param>
    /// <param name="cancellationToken">Cancels until the result is written.</param>
    /// <returns>A message for each name that both sides changed; our version of it stands in the result.</returns>
    /// <exception cref="DeploymentException">One of the three does not open, or they are not versions of one file. Nothing was written.</exception>
    internal static async Task<IReadOnlyList<DeploymentMessage>> RunAsync(
        string originPath, string oursPath, string theirsPath, string? name, KeyRing keys, CancellationToken cancellationToken)
    {
        if (new FileInfo(originPath) is not { Exists: true, Length: > 0 })
            throw DeploymentException.Refused(Codes.SealedFileForeign, $"Both sides made sealed file '{name ?? oursPath}' anew, so they share no recipients or key. Keep one of the two, and put the other's secrets in with 'deploy secrets set'.");

        using var ours = Open(oursPath, name, keys);
        using var theirs = Open(theirsPath, name, keys);
        using var origin = Open(originPath, name, keys);
        if (ours.File.Id != theirs.File.Id || ours.File.Id != origin.File.Id || ours.File.Environment != theirs.File.Environment)
            throw DeploymentException.Refused(Codes.SealedFileForeign, $"The sides of sealed file '{name ?? oursPath}' are two different files ({ours.File.Id} and {theirs.File.Id}). Keep one of the two, and put the other's secrets in with 'deploy secrets set'.");

        var merge = new SealedMerge(origin, ours, theirs);
        var merged = merge.Merge();
        await new SealedStore(oursPath).WriteAsync(merged, cancellationToken).ConfigureAwait(false);
        return [.. merge.Conflicts.Select(conflict => new DeploymentMessage(
            Codes.MergeConflict, $"Sealed file '{name ?? oursPath}': both sides changed '{conflict}', and ours was kept. Look at theirs with 'git show MERGE_HEAD:{name ?? oursPath}', settle it with 'deploy secrets set {conflict}' if theirs is right, then 'git add' the file."))];
    }

    private static OpenedFile Open(string path, string? name, KeyRing keys)
    {
        var file = new SealedStore(path).Read();
        return OpenedFile.Open(file, name ?? path, file.Environment, keys);
    }
}

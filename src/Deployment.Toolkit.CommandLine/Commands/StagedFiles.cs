using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Commands;

/// <summary>The files that the next commit adds or changes, as git holds them: not as they lie on the disk by now.</summary>
internal static class StagedFiles
{
    private const string Nothing = "0000000000000000000000000000000000000000";

    /// <summary>Names within the repository, with contents.</summary>
    /// <exception cref="DeploymentException">There is no git, or the folder is in no repository.</exception>
    internal static async Task<IReadOnlyList<(string Name, byte[] Content)>> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var listed = Encoding.UTF8.GetString(
            await GitAsync(
                    folder,
                    ["diff", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--diff-filter=ACMT"],
                    "",
                    cancellationToken
                )
                .ConfigureAwait(false)
        );
        var files = new List<(string Name, string Blob)>();
        // ":100644 100644 BEFORE AFTER M", then the name; links and submodules hold no text.
        var parts = listed.Split('\0');
        for (var i = 0; i + 1 < parts.Length; i += 2)
        {
            var fields = parts[i].TrimStart(':').Split(' ');
            if (fields is [_, ['1', '0', '0', ..], _, var blob, ..] && blob != Nothing)
                files.Add((parts[i + 1], blob));
        }

        if (files.Count == 0)
            return [];

        var contents = await GitAsync(
                folder,
                ["cat-file", "--batch"],
                string.Join('\n', files.Select(static file => file.Blob)) + "\n",
                cancellationToken
            )
            .ConfigureAwait(false);
        return [.. Cut(files, contents)];
    }

    // "BLOB blob SIZE", a line end, the content, a line end.
    private static IEnumerable<(string Name, byte[] Content)> Cut(List<(string Name, string Blob)> files, byte[] contents)
    {
        var at = 0;
        foreach (var (name, _) in files)
        {
            var end = Array.IndexOf(contents, (byte)'\n', at);
            if (
                end < 0
                || Encoding.ASCII.GetString(contents, at, end - at).Split(' ') is not [_, "blob", var length]
                || !int.TryParse(length, CultureInfo.InvariantCulture, out var size)
                || end + 1 + size > contents.Length
            )
                throw Refusal.Of(
                    Codes.StagedFilesUnavailable,
                    $"git gave no content for staged file '{name}'. Run 'git fsck', then run the command again."
                );

            yield return (name, contents.AsSpan(end + 1, size).ToArray());
            at = end + 1 + size + 1;
        }
    }

    private static async Task<byte[]> GitAsync(string folder, string[] arguments, string input, CancellationToken cancellationToken)
    {
        var launch = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var git = new Process { StartInfo = launch };
        try
        {
            git.Start();
        }
        catch (Win32Exception e)
        {
            throw Refusal.Of(
                Codes.StagedFilesUnavailable,
                $"'git' can't be started: {Sentence.Of(e)} Install it, or run 'deploy secrets scan' without --staged."
            );
        }

        using var output = new MemoryStream();
        var error = git.StandardError.ReadToEndAsync(cancellationToken);
        var read = git.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
        await git.StandardInput.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
        git.StandardInput.Close();
        await read.ConfigureAwait(false);
        var said = await error.ConfigureAwait(false);
        await git.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return git.ExitCode == 0
            ? output.ToArray()
            : throw Refusal.Of(
                Codes.StagedFilesUnavailable,
                $"git can't say what is staged in '{folder}': {said.Trim().TrimEnd('.')}. Run the command in a clone, or 'deploy "
                    + $"secrets scan' without --staged."
            );
    }
}

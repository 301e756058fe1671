using System.CommandLine;
using Deployment.Toolkit.CommandLine.Commands;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsEditVerb : SecretsVerb
{
    private readonly Option<bool> _onDisk;

    internal SecretsEditVerb()
    {
        _onDisk = Add(
            new Option<bool>("--on-disk")
            {
                Description = "Lets the file lie on a disk where there is no memory for it; what is deleted there may be found.",
                Arity = ArgumentArity.Zero,
            }
        );
        TakesTrustRoot();
        TakesValues();
    }

    internal override string Path => "secrets edit";

    internal override string Description =>
        "Opens all secrets in your editor (VISUAL, else EDITOR), in a file of yours alone in memory, and seals what changed in one write.";

    internal override IReadOnlyList<string> Examples => ["deploy secrets edit --environment Staging"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var editor =
            new[] { ProcessVariables.Get("VISUAL"), ProcessVariables.Get("EDITOR") }.FirstOrDefault(static name =>
                !string.IsNullOrWhiteSpace(name)
            )
            ?? throw Refusal.Of(
                Codes.EditorUnavailable,
                "No editor is named. Set EDITOR, for example EDITOR=nano, and run the command again."
            );
        var secrets = Secrets(context);
        secrets.EnsureMayChange();
        var before = secrets.Values(cancellationToken);
        using var folder = PrivateFolder.Make([ProcessVariables.Get("XDG_RUNTIME_DIR"), "/dev/shm"], IsGiven(context.Parse, _onDisk));
        var file = System.IO.Path.Combine(folder.Path, SealedSecrets.FileName(context.HostEnvironment));
        await WriteAsync(file, EditedSecrets.Write(before), cancellationToken).ConfigureAwait(false);

        var edits = await EditAsync(context, editor, file, before).ConfigureAwait(false);
        if (edits.Count == 0)
            return new VerbReport(DeploymentOutcome.NothingToDo, context.HostEnvironment, []) { Headline = "Nothing was changed." };

        await secrets.EditAsync(edits, cancellationToken).ConfigureAwait(false);
        return Done(
            context,
            $"Sealed in {context.HostEnvironment}: "
                + $"{string.Join(", ", edits.Select(static edit => $"{edit.Name} ({(edit.Value is null ? "removed" : edit.Version == 0 ? "new" : "changed")})"))}."
        );
    }

    // Where a person sits at the editor, a slip opens it again: what was typed is not lost.
    private async Task<List<SecretEdit>> EditAsync(
        VerbContext context,
        string editor,
        string file,
        IReadOnlyList<(SealedSecretInfo Info, Secret Value)> before
    )
    {
        byte[] last = [];
        while (true)
        {
            if (await RunEditorAsync(editor, file).ConfigureAwait(false) is not 0 and var exitCode)
                throw Refusal.Of(
                    Codes.EditorUnavailable,
                    $"The editor '{editor}' ended with exit code {exitCode}, so nothing was sealed. Mend EDITOR, or save and close the "
                        + $"file, and run the command again."
                );

            var text = await File.ReadAllBytesAsync(file, CancellationToken.None).ConfigureAwait(false);
            try
            {
                var edits = EditedSecrets.Changes(before, text);
                EnsureMaySeal(
                    context,
                    edits.Where(static edit => edit.Value is not null).Select(static edit => KeyValuePair.Create(edit.Name, edit.Value!))
                );
                return edits;
            }
            catch (DeploymentException e) when (context.Terminal.Input is null && !text.AsSpan().SequenceEqual(last))
            {
                last = text;
                await context
                    .Terminal.Error.WriteLineAsync(
                        $"{VisibleText.Lines(e.Message)} The editor opens again; close it without a change to give up."
                    )
                    .ConfigureAwait(false);
            }
        }
    }

    // As git does it: what the variable holds is a command of the shell, the file its last argument.
    private static Task<int> RunEditorAsync(string editor, string file) =>
        OperatingSystem.IsWindows()
            ? ChildCommand.RunAsync("cmd.exe", ["/c", $"{editor} \"{file}\""], new Dictionary<string, string>())
            : ChildCommand.RunAsync("/bin/sh", ["-c", editor + " \"$1\"", "editor", file], new Dictionary<string, string>());

    private static async Task WriteAsync(string file, byte[] content, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = KeyFile.Private;
        await using var stream = new FileStream(file, options);
        await stream.WriteAsync(content, cancellationToken).ConfigureAwait(false);
    }
}

using System.Text;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>Reads a value from standard input, or from a person without showing what is typed. Never from arguments.</summary>
internal static class SecretInput
{
    private const int Longest = 4 * 1024 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>All of standard input without its last line end; or a line that is typed, twice if asked.</summary>
    internal static async Task<Secret> ReadAsync(Terminal terminal, string prompt, bool isRepeated, CancellationToken cancellationToken)
    {
        if (terminal.Input is { } input)
            return await ReadToEndAsync(input, cancellationToken).ConfigureAwait(false);

        var value = await TypeAsync(terminal, prompt, cancellationToken).ConfigureAwait(false);
        return !isRepeated || (await TypeAsync(terminal, "Once more", cancellationToken).ConfigureAwait(false)).Equals(value)
            ? value
            : throw new DeploymentException(
                DeploymentOutcome.Refused,
                [new DeploymentMessage(Codes.SecretInvalid, "The two values that were typed differ. Run the command again.")]
            );
    }

    private static async Task<Secret> ReadToEndAsync(TextReader input, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        try
        {
            while (await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                text.Append(buffer, 0, read);
                if (text.Length > Longest)
                    throw new DeploymentException(
                        DeploymentOutcome.Refused,
                        [
                            new DeploymentMessage(
                                Codes.SecretInvalid,
                                $"Standard input holds more than {Longest} characters. Keep large values elsewhere and seal their key."
                            ),
                        ]
                    );
            }
        }
        catch (DecoderFallbackException)
        {
            throw new DeploymentException(
                DeploymentOutcome.Refused,
                [
                    new DeploymentMessage(
                        Codes.SecretInvalid,
                        "Standard input holds bytes that are no UTF-8. Encode binary values as Base64 first."
                    ),
                ]
            );
        }
        finally
        {
            Array.Clear(buffer);
        }

        // What some shells put in front of everything that they pipe.
        if (text.Length > 0 && text[0] == '\ufeff')
            text.Remove(0, 1);
        // What echo and editors put at the end is no part of the value; a file with two keeps one.
        if (text.Length > 0 && text[^1] == '\n')
            text.Length--;
        if (text.Length > 0 && text[^1] == '\r')
            text.Length--;
        return new Secret(text.ToString());
    }

    // Not ReadLine, which echoes; and not a blocking ReadKey, which Ctrl+C would not end.
    private static async Task<Secret> TypeAsync(Terminal terminal, string prompt, CancellationToken cancellationToken)
    {
        await terminal.Error.WriteAsync($"{prompt} (not shown): ").ConfigureAwait(false);
        await terminal.Error.FlushAsync(cancellationToken).ConfigureAwait(false);
        var typed = new StringBuilder();
        while (true)
        {
            while (!Console.KeyAvailable)
                await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);

            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
                break;
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (key.KeyChar != '\0')
                typed.Append(key.KeyChar);
        }

        await terminal.Error.WriteLineAsync().ConfigureAwait(false);
        return new Secret(typed.ToString());
    }
}

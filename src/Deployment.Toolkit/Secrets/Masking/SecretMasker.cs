using System.Buffers;
using System.Text;

namespace Deployment.Toolkit.Secrets.Masking;

/// <summary>
/// Masks secrets in a text, in whatever form real code gave them: the text is read as each of the usual encodings, and encodings inside of
/// others, and the secrets are looked for in what was read.
/// </summary>
internal sealed class SecretMasker
{
    internal const string Mask = "***";

    /// <summary>Shorter values stand in ordinary text by chance; masking them would garble it and give the value away.</summary>
    internal const int ShortestSecret = 4;

    // A value in an URL in a JSON text in an HTML page.
    private const int DeepestText = 3;

    // What quoting adds, doubles or puts an escape in front of: shells, SQL, connection strings, format strings.
    private static readonly SearchValues<char> Quoting = SearchValues.Create("'\"\\`^{}[]$%");

    private readonly SecretIndex _index;

    internal SecretMasker(IEnumerable<string> secrets) =>
        _index = new SecretIndex(secrets.Where(static secret => secret.Length >= ShortestSecret).SelectMany(Patterns));

    internal string Redact(string text)
    {
        if (text.Length < ShortestSecret || _index.IsEmpty)
            return text;

        var masks = new MaskedRanges(text.Length);
        Read(new TextView(text), masks, [], DeepestText);
        return masks.Apply(text, Mask);
    }

    private static IEnumerable<SecretPattern> Patterns(string secret)
    {
        yield return new SecretPattern(secret, secret, PatternKind.Exact);
        var bytes = Encoding.UTF8.GetBytes(secret);
        if (bytes.Length != secret.Length && Encoding.Latin1.GetString(bytes) is var utf8)
            yield return new SecretPattern(utf8, utf8, PatternKind.Exact);
        if (secret.Contains('+', StringComparison.Ordinal))
            yield return new SecretPattern(secret, secret.Replace('+', ' '), PatternKind.Plus);
        if (Bare(secret) is { Length: >= ShortestSecret } bare && bare != secret)
            yield return new SecretPattern(secret, bare, PatternKind.Bare);
    }

    // What two decoders read in either order is read once.
    private void Read(TextView view, MaskedRanges masks, HashSet<string> seen, int depth)
    {
        if (!seen.Add(view.Text))
            return;

        Search(view, masks);
        if (TextDecoders.Plus(view) is { } form)
            Search(form, masks, PatternKind.Plus);
        SearchBare(view, masks);
        for (var alignment = 0; alignment < ByteDecoders.Alignments; alignment++)
        {
            if (ByteDecoders.Base64(view, alignment) is { } bytes)
                SearchBytes(bytes, masks);
        }

        if (ByteDecoders.Hex(view) is { } octets)
            SearchBytes(octets, masks);
        if (depth == 0)
            return;

        if (TextDecoders.Percent(view) is { } url)
            Read(url, masks, seen, depth - 1);
        if (TextDecoders.Entities(view) is { } page)
            Read(page, masks, seen, depth - 1);
        if (TextDecoders.Backslashes(view) is { } literal)
            Read(literal, masks, seen, depth - 1);
    }

    private void SearchBytes(TextView view, MaskedRanges masks)
    {
        Search(view, masks);
        // UTF-16, as PowerShell's encoded commands are.
        if (WithoutZeros(view) is { } wide)
            Search(wide, masks);
    }

    private void Search(TextView view, MaskedRanges masks, PatternKind kind = PatternKind.Exact) =>
        _index.Search(
            view.Text,
            (View: view, Masks: masks, Kind: kind),
            static (state, pattern, end) =>
            {
                if (pattern.Kind != PatternKind.Exact && pattern.Kind != state.Kind)
                    return;

                var prefix = Math.Min(SecretIndex.LongestPrefix, pattern.Form.Length);
                var begin = end - prefix;
                if (prefix < pattern.Form.Length)
                    end += state.Masks.Compare(state.View.Text.AsSpan(end), pattern.Form.AsSpan(prefix));
                state.Masks.Add(state.View, pattern.Secret, begin, end);
            }
        );

    /// <summary>
    /// Looks for secrets in the text without quotes. Where one is found, the text itself must hold the whole secret in its order, with
    /// nothing but quoting in between.
    /// </summary>
    private void SearchBare(TextView view, MaskedRanges masks)
    {
        var text = view.Text;
        if (!text.AsSpan().ContainsAny(Quoting))
            return;

        var places = new int[text.Length];
        var bare = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (Quoting.Contains(text[i]))
                continue;
            places[bare.Length] = i;
            bare.Append(text[i]);
        }

        _index.Search(
            bare.ToString(),
            (View: view, Masks: masks, Places: places, Bare: bare),
            static (state, pattern, end) =>
            {
                if (pattern.Kind == PatternKind.Plus)
                    return;

                var text = state.View.Text;
                var prefix = Math.Min(SecretIndex.LongestPrefix, pattern.Form.Length);
                var first = end - prefix;
                var isLong = prefix < pattern.Form.Length;
                if (isLong)
                    end += state.Masks.Compare(
                        state.Bare.ToString(end, Math.Min(pattern.Form.Length - prefix, state.Bare.Length - end)),
                        pattern.Form.AsSpan(prefix)
                    );
                var edge = 4 * pattern.Secret.Length;
                var (from, to) = (state.Places[first], state.Places[end - 1] + 1);
                var (begin, finish) = (from, to);
                if (Quoting.Contains(pattern.Secret[0]))
                {
                    while (begin > 0 && from - begin < edge && Quoting.Contains(text[begin - 1]))
                        begin--;
                }

                if (Quoting.Contains(pattern.Secret[^1]))
                {
                    while (finish < text.Length && finish - to < edge && Quoting.Contains(text[finish]))
                        finish++;
                }

                if (isLong || Narrow(pattern.Secret, text, ref begin, ref finish))
                    state.Masks.Add(state.View, pattern.Secret, begin, finish);
            }
        );
    }

    // Leaves the quotes around the secret that it doesn't need.
    private static bool Narrow(string secret, string text, ref int begin, ref int end)
    {
        var (at, place) = (0, begin);
        for (; place < end && at < secret.Length; place++)
        {
            if (secret[at] == text[place])
                at++;
        }

        if (at < secret.Length)
            return false;

        end = place;
        for (; at > 0; place--)
        {
            if (secret[at - 1] == text[place - 1])
                at--;
        }

        begin = place;
        return true;
    }

    private static string Bare(string text) => string.Concat(text.Where(static c => !Quoting.Contains(c)));

    private static TextView? WithoutZeros(TextView view)
    {
        if (!view.Text.Contains('\0', StringComparison.Ordinal))
            return null;

        var read = new TextView.Writer(view);
        for (var i = 0; i < view.Text.Length; i++)
        {
            if (view.Text[i] != '\0')
                read.Copy(i);
        }

        return read.ToView();
    }
}

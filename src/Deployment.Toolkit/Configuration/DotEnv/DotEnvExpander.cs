using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Configuration.DotEnv;

/// <summary>
/// Expands the values of a file. A name means the process's variable, then what the file sets before, then what it sets later. Commands are
/// never run; circles, endless nesting and values that grow without measure are faults.
/// </summary>
internal sealed class DotEnvExpander(string source, IReadOnlyList<DotEnvEntry> entries, Func<string, string?> process, List<DeploymentMessage> faults)
{
    // Deeper than anything that a person writes and far from the end of the stack.
    private const int DeepestLevel = 64;

    // A value may not grow beyond this by expansion: ten lines that each repeat the one before ten times would fill any memory.
    private const int LongestValue = 1 << 20;

    // All values together may gain this much: each line that repeats the one before and adds a little is a square of the file.
    private const int MostGained = 1 << 24;

    private readonly string?[] _values = new string?[entries.Count];
    private readonly bool[] _isOpen = new bool[entries.Count];
    private readonly Dictionary<string, List<int>> _places = Places(entries);
    private int _level;
    private long _gained;

    internal string[] Expand()
    {
        for (var i = 0; i < entries.Count; i++) ValueOf(i);
        return _values!;
    }

    private static Dictionary<string, List<int>> Places(IReadOnlyList<DotEnvEntry> entries)
    {
        var places = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            if (!places.TryGetValue(entries[i].Name, out var list)) places[entries[i].Name] = list = [];
            list.Add(i);
        }

        return places;
    }

    private string ValueOf(int index)
    {
        if (_values[index] is { } known) return known;

        var entry = entries[index];
        _isOpen[index] = true;
        var value = entry.Text;
        if (_gained > MostGained)
        {
            if (_gained < long.MaxValue) Fault(entry, $"is where all values together have grown by {MostGained} characters. Expand less.");
            _gained = long.MaxValue;
        }
        else if (entry.Quote != DotEnvQuote.Single && value.AsSpan().IndexOfAny('$', '\\') >= 0)
        {
            var text = new StringBuilder();
            var at = 0;
            Write(index, value, ref at, text, isInside: false, isSilent: false);
            value = text.ToString();
            _gained += value.Length;
        }

        _isOpen[index] = false;
        return _values[index] = value;
    }

    /// <summary>Writes text up to the end, or up to the <c>}</c> that closes a default.</summary>
    private void Write(int index, string text, ref int at, StringBuilder into, bool isInside, bool isSilent)
    {
        var entry = entries[index];
        while (at < text.Length)
        {
            var c = text[at];
            if (isInside && c == '}') return;
            if (c == '\\' && at + 1 < text.Length && Escape(entry.Quote, text[at + 1]) is { } escaped)
            {
                Put(entry, into, escaped);
                at += 2;
            }
            else if (c == '$' && at + 1 < text.Length)
            {
                WriteReference(index, text, ref at, into, isSilent);
            }
            else
            {
                Put(entry, into, c);
                at++;
            }
        }
    }

    private static char? Escape(DotEnvQuote quote, char c) => c switch
    {
        '$' => '$',
        _ when quote != DotEnvQuote.Double => null,
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '"' => '"',
        '\\' => '\\',
        _ => null,
    };

    private void WriteReference(int index, string text, ref int at, StringBuilder into, bool isSilent)
    {
        var entry = entries[index];
        var next = text[at + 1];
        if (next == '(')
        {
            if (!isSilent) Fault(entry, $"asks in {entry.Name} for the output of a command, which is never run. Set the value itself, or write \\$( for the characters.");
            Put(entry, into, '$');
            at++;
            return;
        }

        if (next == '{')
        {
            WriteBraced(index, text, ref at, into, isSilent);
            return;
        }

        var end = at + 1;
        while (end < text.Length && IsNameChar(text[end], end == at + 1)) end++;
        if (end == at + 1)
        {
            Put(entry, into, '$');
            at++;
            // A doubled dollar is a dollar twice, not the beginning of a name.
            if (next == '$')
            {
                Put(entry, into, '$');
                at++;
                while (at < text.Length && IsNameChar(text[at], isFirst: false)) Put(entry, into, text[at++]);
            }

            return;
        }

        if (!isSilent) Put(entry, into, Find(index, text[(at + 1)..end]) ?? "");
        at = end;
    }

    private void WriteBraced(int index, string text, ref int at, StringBuilder into, bool isSilent)
    {
        var entry = entries[index];
        var start = at + 2;
        var end = start;
        while (end < text.Length && (IsNameChar(text[end], end == start) || (text[end] == '.' && end > start))) end++;
        var isRead = end > start && end < text.Length && text[end] is '}' or ':' or '-' or '+' or '?';
        var symbol = isRead ? text[end] : '\0';
        var wantsContent = symbol == ':';
        if (wantsContent)
        {
            end++;
            symbol = end < text.Length ? text[end] : '\0';
            isRead = symbol is '-' or '+' or '?';
        }

        if (!isRead || _level >= DeepestLevel)
        {
            if (!isSilent) Fault(entry, _level >= DeepestLevel ? $"nests more than {DeepestLevel} expansions in {entry.Name}. Write fewer." : $"begins an expansion in {entry.Name} that cannot be read. Write ${{NAME}}, ${{NAME:-default}}, ${{NAME:?message}} or ${{NAME:+other}}, or \\${{ for the characters.");
            // Whatever follows belongs to what could not be read.
            at = text.Length;
            return;
        }

        var name = text[start..(wantsContent ? end - 1 : end)];
        var value = isSilent ? null : Find(index, name);
        var isSet = wantsContent ? !string.IsNullOrEmpty(value) : value is not null;
        var usesWord = symbol switch { '-' => !isSet, '+' => isSet, '?' => !isSet, _ => false };
        at = symbol == '}' ? end : end + 1;
        var word = new StringBuilder();
        if (symbol != '}')
        {
            _level++;
            Write(index, text, ref at, word, isInside: true, isSilent: isSilent || !usesWord);
            _level--;
        }

        if (at >= text.Length && !isSilent) Fault(entry, $"does not close an expansion in {entry.Name}. Put }} at its end.");
        at++;
        if (isSilent) return;

        if (symbol == '?' && !isSet) Fault(entry, $"needs {name} for {entry.Name}, which is not set{(word.Length == 0 ? "" : $": {word}")}. Set the variable {name}.");
        else Put(entry, into, symbol is '-' && isSet ? value! : symbol is '}' or '?' ? value ?? "" : usesWord ? word.ToString() : "");
    }

    private string? Find(int index, string name)
    {
        if (process(name) is { } own) return own;
        if (!_places.TryGetValue(name, out var places)) return null;

        var position = places.BinarySearch(index);
        var before = (position >= 0 ? position : ~position) - 1;
        if (before >= 0) return Opened(index, places[before]);

        // Of itself, with nothing before, a name means nothing; of another, what is set further down.
        return name == entries[index].Name ? null : Opened(index, places[0]);
    }

    private string Opened(int from, int index)
    {
        if (_isOpen[index])
        {
            Fault(entries[from], $"goes in a circle: {entries[from].Name} and {entries[index].Name} are each made of the other. Give one of them a value of its own.");
            return "";
        }

        if (_values[index] is null && _level >= DeepestLevel)
        {
            Fault(entries[from], $"refers over more than {DeepestLevel} names that are set further down. Set them before they are used.");
            return "";
        }

        _level++;
        var value = ValueOf(index);
        _level--;
        return value;
    }

    private static void Put(DotEnvEntry entry, StringBuilder into, char c)
    {
        if (into.Length < Math.Max(LongestValue, entry.Text.Length)) into.Append(c);
    }

    private void Put(DotEnvEntry entry, StringBuilder into, string text)
    {
        if (into.Length + text.Length <= Math.Max(LongestValue, entry.Text.Length)) into.Append(text);
        else if (text.Length > 0) Fault(entry, $"grows by expansion beyond {LongestValue} characters in {entry.Name}. Shorten it.");
    }

    private void Fault(DotEnvEntry entry, string text)
    {
        var message = new DeploymentMessage(Codes.DotEnvUnreadable, $"{source}:{entry.Line}:{entry.Column} {text}") { Key = DotEnvTable.KeyOf(entry.Name), File = source, Line = entry.Line, Column = entry.Column };
        if (faults.Count == 0 || faults[^1] != message) faults.Add(message);
    }

    private static bool IsNameChar(char c, bool isFirst) => c == '_' || char.IsAsciiLetter(c) || (!isFirst && char.IsAsciiDigit(c));
}

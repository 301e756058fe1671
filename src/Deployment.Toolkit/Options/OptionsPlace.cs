using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Options.Binding;

namespace Deployment.Toolkit.Options;

/// <summary>Where a key leads in options: its type, and the members on the way there.</summary>
[RequiresUnreferencedCode("Looks at the members of options types.")]
internal sealed record OptionsPlace(OptionsRegistration Registration, Type Type, IReadOnlyList<OptionsMember> Members)
{
    /// <summary>Follows a key below a section; <see langword="null"/> when it leads nowhere.</summary>
    internal static OptionsPlace? Find(OptionsRegistration registration, string key)
    {
        var type = registration.Type;
        var members = new List<OptionsMember>();
        var rest = key.Length == registration.Section.Length ? [] : key[(registration.Section.Length + 1)..].Split(':');
        foreach (var segment in rest)
        {
            if (CollectionShape.Of(type) is { } collection)
            {
                type = collection.Element;
            }
            else if (!ScalarReader.IsScalar(type) && OptionsShape.Of(type).Find(segment) is { } member)
            {
                members.Add(member);
                type = member.Type;
            }
            else
            {
                return null;
            }
        }

        return new OptionsPlace(registration, type, members);
    }
}

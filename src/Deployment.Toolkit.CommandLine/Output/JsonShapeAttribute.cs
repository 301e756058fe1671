namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>
/// What docs/cli.md says of a kind of section. An attribute, so that a verb that runs pays nothing for it.
/// </summary>
/// <param name="member">The member, with <c>[]</c> behind it when it is a list.</param>
/// <param name="holds">
/// What it holds. <see cref="Verbs"/> in it stands for the verbs whose rows in the catalog name it, in the catalog's order.
/// </param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class JsonShapeAttribute(string member, string holds) : Attribute
{
    internal const string Verbs = "{verbs}";

    internal string Member => member;

    internal string Holds => holds;

    /// <summary>Its row stands behind those with a lower one. Without one it is among the last, in the order of the catalog.</summary>
    public int Place { get; set; } = int.MaxValue;
}
